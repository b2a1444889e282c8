import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

import { compress, withoutMaps, writeHead } from "./build.ts";

/** The server that `npm run dev` and `npm run preview` hand /api to, its websockets too. */
const server = process.env["NORMSCOPE_DEV_SERVER"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [svelte(), withoutMaps, writeHead, compress],
  // Svelte's browser build in tests too: components are mounted into a DOM there.
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  // Plotly is written for bundlers that know Node's name of the global object.
  define: { global: "globalThis" },
  build: {
    outDir: "../backend/normscope/server/static",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1600,
    // One file of styles, and one of what pages share: each further file costs a request before the first picture.
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } } },
  },
  server: { proxy: { "/api": { target: server, ws: true, changeOrigin: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
