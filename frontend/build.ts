/** What the builds add to Vite's: the page's head, compressed files, and all of them in one. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

import { OPENING } from "./src/data/asks.ts";
import { head } from "./src/head.ts";

/** The page's component for each form of address: `/name`, and `/name/` where an id follows. */
const PAGES = { "/": "Start", "/launch": "Launch", "/runs": "Runs", "/runs/": "Compare", "/sweeps/": "Sweep" };

/** Plotly asks for the styles of maps, which nobody draws here: half of all styles. */
export const withoutMaps: Plugin = {
  name: "without-maps",
  load: (file) => (file.endsWith("/maplibre-gl.css") ? "" : null),
};

/** Writes `head` where `index.html` wants it. */
export const writeHead: Plugin = {
  name: "head",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle = {} }) {
      const files = Object.fromEntries(Object.entries(PAGES).map(([path, name]) => [path, filesOf(name, bundle)]));
      const given = [OPENING, files, filesOf("korean", bundle)].map((one) => JSON.stringify(one)).join(", ");
      return html.replace("<!--head-->", () => `<script>(${head})(${given})</script>`);
    },
  },
};

/** The chunk called `name` and what it imports. */
function filesOf(name: string, bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
  const found = new Set<string>();
  const add = (chunk: Rolldown.OutputChunk | undefined): void => {
    if (chunk === undefined || chunk.isEntry || found.has(`/${chunk.fileName}`)) return;
    found.add(`/${chunk.fileName}`);
    for (const file of chunk.imports) add(chunks.find((other) => other.fileName === file));
  };
  add(chunks.find((chunk) => chunk.name === name));
  return [...found];
}

/** Compressed once, here, instead of for every visitor; the server sends `<file>.gz` to those who take it. */
export const compress: Plugin = {
  name: "compress",
  apply: "build",
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle).filter((name) => /\.(?:js|css)$/.test(name))) {
      const file = join(dir!, name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    }
  },
};

/**
 * Puts all of the build into its page. The page may run its own two scripts, known by their hashes, and may ask nobody for
 * anything: what is written into it later can be wrong, but not do harm.
 */
export const inline: Plugin = {
  name: "inline",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const files = Object.values(bundle);
      const page = files.find((file) => file.fileName.endsWith(".html"));
      if (page?.type !== "asset") throw new Error("expected a page in the bundle");
      const code = files.flatMap((file) => (file.type === "chunk" ? [file.code] : [])).join("\n").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      const styles = files.flatMap((file) => (file.fileName.endsWith(".css") && file.type === "asset" ? [String(file.source)] : [])).join("");
      const icon = readFileSync(new URL("public/favicon.svg", import.meta.url)).toString("base64");
      const opening = `(${head})([], {}, [])`;
      const hashes = [opening, code].map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`).join(" ");
      const policy = `default-src 'none'; script-src ${hashes}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'`;
      page.source = String(page.source)
        .replace(/\s*<(?:script|link)[^>]*(?:src|href)="[^"]*"[^>]*>(?:<\/script>)?/g, "")
        .replace("<!--policy-->", () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />`)
        .replace("<!--head-->", () => `<link rel="icon" href="data:image/svg+xml;base64,${icon}" /><style>${styles}</style><script>${opening}</script>`)
        .replace("</body>", () => `<script type="module">${code}</script></body>`);
      for (const file of files) if (file !== page) Reflect.deleteProperty(bundle, file.fileName);
    },
  },
};
