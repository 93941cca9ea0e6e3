import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { type Program, type ProgramConfig, startProgram } from './program.ts';
import { startBrowser, Visitor } from './visitor.ts';

/** The real program and a browser. Its end is the test's: nothing may be left that a browser complained of. */
export interface Town extends AsyncDisposable {
  readonly program: Program;
  readonly url: string;
  /** Somebody comes to the page, on a device of their own. */
  arrives(options?: BrowserContextOptions): Promise<Visitor>;
}

/** The browser of a test file. */
let browser: Promise<Browser> | undefined;
afterAll(async () => void (await (await browser)?.close()));

/**
 * Starts both. `await using` ends them.
 * @param quiet what browsers may complain of
 * @param files in the folder of the program: a plugin, say
 * @param start starts the browser, where it is not Chromium
 */
export async function startTown(
  config: ProgramConfig = {},
  quiet: readonly RegExp[] = [],
  files: Readonly<Record<string, string>> = {},
  start: () => Promise<Browser> = startBrowser,
): Promise<Town> {
  await using started = new AsyncDisposableStack();
  const program = started.use(await startProgram(config, { files }));
  browser ??= start();
  const running = await browser;
  const [, where] = await program.prints(/listens on http (\S+)/);
  const url = `http://${where}/`;
  const visitors: Visitor[] = [];
  const ending = started.move();
  return {
    program,
    url,
    async arrives(options) {
      const visitor = await Visitor.arrives(running, url, options);
      visitors.push(visitor);
      return visitor;
    },
    async [Symbol.asyncDispose]() {
      const complaints = visitors.flatMap((visitor) => visitor.complaints);
      for (const visitor of visitors) await visitor.closes();
      await ending.disposeAsync();
      expect(complaints.filter((complaint) => !quiet.some((pattern) => pattern.test(complaint)))).toEqual([]);
    },
  };
}
