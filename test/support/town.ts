import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { type ListeningServer, startListening } from './listening-server.ts';
import { type Program, type ProgramConfig, startProgram } from './program.ts';
import type { Reachable } from './reachable.ts';
import { startBrowser, Visitor } from './visitor.ts';

/** A server and a browser. Its end is the test's: nothing may be left that a browser complained of. */
export interface Town<S extends Reachable = Reachable> extends AsyncDisposable {
  readonly server: S;
  readonly url: string;
  /** Somebody comes to the page, on a device of their own. */
  arrives(options?: BrowserContextOptions): Promise<Visitor>;
}

/** The browser of a test file. */
let browser: Promise<Browser> | undefined;
afterAll(async () => void (await (await browser)?.close()));

/**
 * Starts a server in this process, and a browser. `await using` ends them.
 * @param quiet what browsers may complain of
 */
export async function startTown(
  config: ProgramConfig = {},
  quiet: readonly RegExp[] = [],
): Promise<Town<ListeningServer>> {
  const server = await startListening(config);
  return townAround(server, server.where('http'), quiet, startBrowser);
}

/**
 * Starts the real program and a browser: to kill or reload it, or with a plugin of the user's. `await using` ends them.
 * @param quiet what browsers may complain of
 * @param files in the folder of the program: a plugin, say
 * @param start starts the browser, where it is not Chromium
 */
export async function startProgramTown(
  config: ProgramConfig = {},
  quiet: readonly RegExp[] = [],
  files: Readonly<Record<string, string>> = {},
  start: () => Promise<Browser> = startBrowser,
): Promise<Town<Program>> {
  const program = await startProgram(config, { files });
  const [, where = ''] = await program.prints(/listens on http (\S+)/);
  return townAround(program, where, quiet, start);
}

async function townAround<S extends Reachable & AsyncDisposable>(
  server: S,
  where: string,
  quiet: readonly RegExp[],
  start: () => Promise<Browser>,
): Promise<Town<S>> {
  await using started = new AsyncDisposableStack();
  started.use(server);
  browser ??= start();
  const running = await browser;
  const url = `http://${where}/`;
  const visitors: Visitor[] = [];
  const ending = started.move();
  return {
    server,
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
