import { type ReactNode, type RefObject, useRef, useState } from "react";

interface FocusHandlers {
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}

/** Where focus belongs after a layer closes: the control that opened it, also by way of its menu. */
function openerOf(element: Element | null): HTMLElement | null {
  const menu = element?.closest("[role=menu]");
  const opener = menu
    ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "")
    : element;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}

type Opener = RefObject<HTMLElement | null>;

/** Looks where the focus is while the layer is first drawn: a field with `autoFocus` takes it right after. */
function Origin({ opener }: { opener: Opener }) {
  useState(() => {
    opener.current = openerOf(document.activeElement);
  });
  return null;
}

interface FocusReturn {
  handlers: Required<FocusHandlers>;
  /** To be drawn inside the layer. */
  origin: ReactNode;
}

/**
 * Give focus back to what had it before the layer opened.
 *
 * Radix returns it to its own trigger only, and a dialog opened by state has none: focus would be
 * left on the page's body.
 */
export function useFocusReturn(own: FocusHandlers): FocusReturn {
  const opener: Opener = useRef<HTMLElement | null>(null);
  return {
    origin: <Origin opener={opener} />,
    handlers: {
      onCloseAutoFocus(event) {
        own.onCloseAutoFocus?.(event);
        if (event.defaultPrevented || !opener.current?.isConnected) return;
        event.preventDefault();
        opener.current.focus();
      },
    },
  };
}
