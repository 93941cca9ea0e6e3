import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const source = (file: string) => path(`src/${file}`);

export default defineConfig({
  resolve: {
    alias: [
      { find: /^chatserv$/, replacement: source('index.ts') },
      { find: /^chatserv\/client$/, replacement: source('client/index.ts') },
      { find: /^chatserv\/testing$/, replacement: source('testing/index.ts') },
      { find: /^chatserv\/testing\/contracts$/, replacement: source('testing/contracts.ts') },
    ],
  },
  test: {
    include: ['{src,plugins,test,examples}/**/*.test.ts'],
    testTimeout: 20_000,
    // For the programs that tests start: their first file too is read from the cache, and Node need not load its compiler.
    env: { NODE_COMPILE_CACHE: path('node_modules/.cache/chatserv') },
    globalSetup: ['test/support/left-out.ts'],
  },
});
