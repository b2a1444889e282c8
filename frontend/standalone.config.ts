/** The second build: one file with all scripts, styles and pictures inside, into which the server writes its answers. */

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

import { inline, withoutMaps } from "./build.ts";

export default defineConfig({
  plugins: [svelte(), withoutMaps, inline],
  define: { global: "globalThis" },
  publicDir: false,
  build: {
    outDir: "../backend/normscope/server/static",
    emptyOutDir: false,
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: Infinity,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { input: "standalone.html", output: { codeSplitting: false } },
  },
});
