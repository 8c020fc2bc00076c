import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { leanMarked } from "./build/lean-marked.ts";

const react = fileURLToPath(new URL("./src/react.ts", import.meta.url));

/** React's API, Preact's size: the source imports `react`, the build resolves it to Preact. */
export default defineConfig({
  base: "/w/",
  plugins: [leanMarked()],
  resolve: {
    alias: [
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: "preact/jsx-runtime" },
      { find: /^react$/, replacement: react },
    ],
  },
  build: {
    target: "es2022",
    // `light-dark()` and `color-mix()` as they are; see styles/base.css.
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
