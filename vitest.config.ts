import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const source = (file: string) => path(`src/${file}`);

const TESTS = '{src,plugins,test,examples}/**/*.test.ts';
/** Tests that bring a whole browser. */
const BROWSERS = 'test/page/**/*.test.ts';
/** Tests that measure time, memory or CPU. */
const ALONE = [
  'test/{attacks,bench,chaos,soak}/**/*.test.ts',
  'test/broken/{connections,files}.test.ts',
  'test/page/load.test.ts',
];

function project(name: string, test: object) {
  return { extends: true as const, test: { name, ...test } };
}

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
    // Generous, so that a slow or busy machine fails nothing; whatever hangs still fails.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // For the programs that tests start: their first file too is read from the cache, and Node need not load its compiler.
    env: { NODE_COMPILE_CACHE: path('node_modules/.cache/chatserv') },
    globalSetup: ['test/support/left-out.ts', 'test/support/built-page.ts'],
    projects: [
      // By default a machine with two cores runs one file at a time, and most tests wait for programs that they start.
      project('together', {
        include: [TESTS],
        exclude: [...ALONE, BROWSERS],
        maxWorkers: '100%',
        sequence: { groupOrder: 0 },
      }),
      project('browsers', { include: [BROWSERS], exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 1 } }),
      project('alone', { include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } }),
    ],
  },
});
