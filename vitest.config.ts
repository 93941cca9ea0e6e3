import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

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
    globalSetup: ['test/support/left-out.ts'],
  },
});
