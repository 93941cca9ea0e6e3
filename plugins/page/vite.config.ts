import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The client library's source, beside which a checkout has this folder. A copy of it uses the installed package. */
const client = path('../../src/client/index.ts');

/** Builds the files that a browser loads, from browser/ to built/. The server names their folder after their content. */
export default defineConfig({
  root: path('browser'),
  base: './',
  publicDir: false,
  resolve: { alias: existsSync(client) ? { 'chatserv/client': client } : {} },
  build: {
    outDir: path('built'),
    emptyOutDir: true,
    // As docs/page.md promises.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    modulePreload: false,
    // No file may become a data: address, which the page's policy forbids.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: path('browser/main.tsx'),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: 'page[extname]' },
    },
  },
});
