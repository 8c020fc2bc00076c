/**
 * The part of React's API that the widget and `@medea/chat` use, on Preact.
 *
 * The build resolves `react` to this file instead of `preact/compat`: the rest of compat (synthetic
 * events, portals, children helpers, legacy lifecycles) would cost a tenth of the budget and nobody
 * here calls it. Two things differ from React and are kept to in the source: text fields listen to
 * `onInput`, and SVG attributes that have a dash are set by CSS.
 */
import { Component, type ComponentType, createElement } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export { Fragment } from "preact";
export { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

type Props = Record<string, unknown>;

function shallowEqual(before: Props, after: Props): boolean {
  const keys = Object.keys(after);
  return (
    keys.length === Object.keys(before).length && keys.every((key) => before[key] === after[key])
  );
}

/** Draw again only when the props changed, by `areEqual` or one by one. */
export function memo(type: ComponentType<Props>, areEqual = shallowEqual) {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !areEqual(this.props, next);
    }

    render() {
      return createElement(type, this.props);
    }
  };
}

/** React's hook without concurrent rendering, which Preact does not have. */
export function useSyncExternalStore<T>(
  subscribe: (listener: () => void) => () => void,
  getSnapshot: () => T,
): T {
  const [, redraw] = useState({});
  const value = getSnapshot();
  const shown = useRef(value);
  shown.current = value;
  useLayoutEffect(() => {
    const check = () => {
      if (!Object.is(shown.current, getSnapshot())) redraw({});
    };
    check();
    return subscribe(check);
  }, [subscribe, getSnapshot]);
  return value;
}
