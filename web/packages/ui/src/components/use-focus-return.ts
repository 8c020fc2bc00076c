import { useRef } from "react";

interface FocusHandlers {
  onOpenAutoFocus?: ((event: Event) => void) | undefined;
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

/**
 * Handlers that give focus back to what had it before the layer opened.
 *
 * Radix returns it to its own trigger only, and a dialog opened by state has none: focus would be
 * left on the page's body.
 */
export function useFocusReturn(own: FocusHandlers): Required<FocusHandlers> {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus(event) {
      opener.current = openerOf(document.activeElement);
      own.onOpenAutoFocus?.(event);
    },
    onCloseAutoFocus(event) {
      own.onCloseAutoFocus?.(event);
      if (event.defaultPrevented || !opener.current?.isConnected) return;
      event.preventDefault();
      opener.current.focus();
    },
  };
}
