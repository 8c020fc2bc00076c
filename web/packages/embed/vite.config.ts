import { defineConfig } from "vite";

/** One self-contained classic script: it must run from a plain `<script async>`. */
export default defineConfig({
  build: {
    target: "es2021",
    lib: {
      entry: "src/loader.ts",
      formats: ["iife"],
      name: "MedeaEmbed",
      fileName: () => "embed.js",
    },
  },
});
