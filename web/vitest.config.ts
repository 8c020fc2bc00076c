import { defineConfig } from "vitest/config";

/** Frames are made in tests, not loaded: nothing may reach out to the network. */
const environmentOptions = {
  happyDOM: { settings: { navigation: { disableChildFrameNavigation: true } } },
};

/** Far beyond what any test takes: only one that hangs ends by it, however busy the machine. */
const TEST_TIMEOUT_MS = 60_000;

/**
 * Two projects, one command: the widget's source is React but it ships on Preact,
 * so its tests run on Preact as well; everything else runs on React.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "web",
          environment: "happy-dom",
          environmentOptions,
          testTimeout: TEST_TIMEOUT_MS,
          include: ["{apps,packages}/*/{src,testing}/**/*.test.{ts,tsx}"],
          exclude: ["apps/widget/**", "**/node_modules/**"],
        },
        resolve: { alias: { "@": new URL("./apps/dashboard/src", import.meta.url).pathname } },
      },
      {
        extends: "./apps/widget/vite.config.ts",
        test: {
          name: "widget",
          root: "./apps/widget",
          environment: "happy-dom",
          environmentOptions,
          testTimeout: TEST_TIMEOUT_MS,
          include: ["src/**/*.test.{ts,tsx}"],
        },
      },
    ],
  },
});
