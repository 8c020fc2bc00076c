import { start } from "./start.ts";

// `currentScript` is this script when it runs as a classic script, async or not.
const script = document.currentScript ?? document.querySelector("script[data-agent]");
if (script instanceof HTMLScriptElement && script.src && !window.Medea?.version) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script));
}
