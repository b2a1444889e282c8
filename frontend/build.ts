/** What the build adds to Vite's: the page's head, and compressed files. */

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
