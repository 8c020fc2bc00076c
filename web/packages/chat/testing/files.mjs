import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const WEB = new URL("../../..", import.meta.url).pathname;
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

function place(path) {
  if (path === "/embed.js") return "packages/embed/dist/embed.js";
  if (path === "/widget") return "apps/widget/dist/index.html";
  if (path.startsWith("/w/")) return join("apps/widget/dist", normalize(path.slice(3)));
  if (path === "/demo" || path === "/") return "apps/demo/index.html";
  if (path.startsWith("/demo/")) return join("apps/demo", normalize(path.slice(6)));
  return null;
}

/** The server's policy for the widget's document, with any embedding page allowed. */
const WIDGET_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
  "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'";

/** Serve one built file the way the real server does, with the demo's tokens filled in. */
export async function serveFile(response, path, port) {
  const file = place(path);
  try {
    if (!file) throw new Error("unknown path");
    let body = await readFile(join(WEB, file));
    if (file === "apps/demo/index.html") {
      body = body
        .toString()
        .replaceAll("{{WIDGET_ORIGIN}}", `http://localhost:${port}`)
        .replaceAll("{{PUBLISHABLE_KEY}}", "pk_demo")
        .replaceAll("{{AGENT}}", "demo");
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
      ...(path === "/widget" ? { "content-security-policy": WIDGET_CSP } : {}),
    });
    response.end(body);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("Not found");
  }
}
