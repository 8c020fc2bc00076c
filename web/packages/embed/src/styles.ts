/**
 * Styles of the launcher's shadow root. `!important` inside a shadow root wins over the page's, so not
 * even `medea-chat { display: none !important }` or `* { transform: … !important }` breaks it. `--c` and
 * `--f` are the accent and what is written on it, `--h` and `--t` the visible part of a phone's screen.
 */
export const STYLES = `
:host{all:initial!important;direction:ltr!important;position:fixed!important;display:block!important;width:56px!important;height:56px!important;z-index:var(--medea-z-index,2147483000)!important;inset:auto var(--medea-inset-x,20px) var(--medea-inset-y,20px) auto!important;color-scheme:light dark;font:15px/1.5 system-ui,sans-serif!important}
:host([data-side=left]){inset:auto auto var(--medea-inset-y,20px) var(--medea-inset-x,20px)!important}
:host([data-inline]){position:relative!important;inset:0!important;width:100%!important;height:100%!important;z-index:0!important}
*{box-sizing:border-box}
button{all:unset;position:relative;display:grid;width:56px;height:56px;border-radius:50%;background:var(--c,#1f2937);color:var(--f,#fff);cursor:pointer;box-shadow:0 6px 20px #0004;transition:.18s;-webkit-tap-highlight-color:transparent}
button:hover{transform:scale(1.06)}
button:focus-visible{outline:3px solid var(--c,#1f2937);outline-offset:3px}
:host([data-inline]) button,:host([data-hidden]) button,b:empty{display:none}
svg{grid-area:1/1;width:28px;margin:auto;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:.18s}
svg+svg,:host([data-open]) svg{opacity:0;transform:scale(.6)}
:host([data-open]) svg+svg{opacity:1;transform:none}
b{position:absolute;top:-3px;right:-3px;min-width:20px;border-radius:10px;background:#c0262d;color:#fff;font:600 12px/20px system-ui,sans-serif;text-align:center}
section{position:absolute;bottom:70px;right:0;width:min(408px,100vw - 40px);height:min(700px,100vh - 116px);border-radius:18px;overflow:hidden;background:#fff;color:#52525b;outline:1px solid #8883;box-shadow:0 12px 48px #0004;transition:.2s;opacity:0;visibility:hidden;transform:translateY(10px)}
:host([data-side=left]) section{right:auto;left:0}
:host([data-open]) section{opacity:1;visibility:visible;transform:none}
:host([data-inline]) section{inset:0;width:100%;height:100%}
:host([data-dark]) section{background:#18181b;color:#a1a1aa}
iframe{position:absolute;inset:0;width:100%;height:100%;border:0;color-scheme:normal;opacity:0;transition:.15s}
:host([data-ready]) iframe{opacity:1}
p{display:grid;place-content:center;height:100%;margin:0;padding:32px;text-align:center}
p:empty::before{content:"";width:28px;height:28px;border-radius:50%;border:3px solid;border-top-color:transparent;opacity:.5;animation:s .9s linear infinite}
:host([data-ready]) p{opacity:0}
@keyframes s{to{transform:rotate(1turn)}}
@media(max-width:480px){:host(:not([data-inline])) section{position:fixed;inset:var(--t,0) 0 auto;width:100%;height:var(--h,100dvh);border-radius:0;transform:none}:host([data-open]) button{visibility:hidden}}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
@media(forced-colors:active){button,section{border:2px solid}}
@media print{:host{display:none!important}}
`;
