import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { chatserv: fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: { include: ['{src,plugins,test}/**/*.test.ts'], testTimeout: 20_000 },
});
