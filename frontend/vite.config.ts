import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The server that `npm run dev` and `npm run preview` hand /api to, its websockets too. */
const server = process.env["NORMSCOPE_DEV_SERVER"] ?? "http://127.0.0.1:8000";

/** The charts' code is the largest part: browsers load it beside the rest, not after it. */
const preloadCharts: Plugin = {
  name: "preload-charts",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle }) {
      const charts = Object.values(bundle ?? {}).find((file) => file.type === "chunk" && file.name === "Compare");
      if (charts === undefined) return [];
      return [{ tag: "link", attrs: { rel: "modulepreload", href: `/${charts.fileName}` }, injectTo: "head" }];
    },
  },
};

/** Compressed once, here, instead of for every visitor; the server sends `<file>.gz` to those who take it. */
const compress: Plugin = {
  name: "compress",
  apply: "build",
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle).filter((name) => /\.(?:js|css)$/.test(name))) {
      const file = join(dir!, name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [svelte(), preloadCharts, compress],
  // Svelte's browser build in tests too: components are mounted into a DOM there.
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  // Plotly is written for bundlers that know Node's name of the global object.
  define: { global: "globalThis" },
  build: {
    outDir: "../backend/normscope/server/static",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1600,
  },
  server: { proxy: { "/api": { target: server, ws: true, changeOrigin: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
