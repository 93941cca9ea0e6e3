import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CHROMIUM } from './visitor.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['plugins/page/browser/**/*.{ts,tsx,css}', 'plugins/page/vite.config.ts', 'src/client/*.ts'];

/** Builds the web page before the tests, if one of its sources is newer than what was built. */
export async function setup(): Promise<void> {
  const built = `${ROOT}plugins/page/built/main.js`;
  const time = (file: string) => statSync(file).mtimeMs;
  const sources = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map((file) => ROOT + file);
  if (existsSync(built) && sources.every((file) => time(file) <= time(built))) return;
  try {
    await import('../../scripts/build-page.ts');
  } catch (cause) {
    // The tests of everything else do not need it.
    process.stderr.write(`The web page was not built${CHROMIUM ? ', so its tests fail' : ''}: ${cause}\n`);
  }
}
