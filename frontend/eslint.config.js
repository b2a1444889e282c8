import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import typescript from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

export default typescript.config(
  { ignores: ["node_modules/", "dist/", "src/api/generated/"] },
  js.configs.recommended,
  ...typescript.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "prefer-const": "off",
      "no-undef": "off", // TypeScript knows better.
      "@typescript-eslint/no-non-null-assertion": "off", // Indices in numeric loops are checked by the loop.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "svelte/prefer-const": ["error", { excludedRunes: ["$props", "$derived", "$state"] }],
      "svelte/no-navigation-without-resolve": "off", // The router is our own.
      "svelte/prefer-svelte-reactivity": "off", // It takes every local Map for state.
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { extraFileExtensions: [".svelte"], parser: typescript.parser, svelteConfig },
    },
  },
);
