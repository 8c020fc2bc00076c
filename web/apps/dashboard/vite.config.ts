import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const API = process.env.MEDEA_DEV_API ?? "http://127.0.0.1:8000";

export default defineConfig(({ command }) => ({
  // Pages live at `/...`, built files under `/app/`: the server tells them apart by this prefix.
  base: command === "build" ? "/app/" : "/",
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      generatedRouteTree: "src/routeTree.gen.ts",
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    tailwindcss(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 600 },
  server: { port: 5173, proxy: { "/v1": API, "/healthz": API } },
}));
