import { join } from 'node:path';
import { definePlugin } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { culpritOf } from '../../src/host/culprit.ts';
import { runnerOf } from '../../src/host/current.ts';
import { ownFolder, standardFolder } from '../../src/host/self.ts';

/** An error that came through these files. */
function errorOf(...files: readonly string[]): Error {
  const error = new Error('x');
  error.stack = ['Error: x', ...files.map((file) => `    at f (file://${file}:3:7)`), '    at node:net:12:3'].join(
    '\n',
  );
  return error;
}

const KERNEL = join(ownFolder, 'kernel/client-session.ts');

describe('an error that nobody caught', () => {
  test('is of the plugin through whose code it came last', async () => {
    await using _server = await startServer();
    const message = join(standardFolder, 'commands/message.ts');
    const audit = join(standardFolder, 'admin/audit.ts');
    expect(culpritOf(errorOf(KERNEL, message, audit))).toEqual({
      plugin: 'message',
      place: { file: message, line: 3, column: 7 },
    });
    expect(culpritOf(errorOf(audit)).plugin).toBe('admin');
  });

  test("is of no plugin where it came through the server's code only, whoever set that going", () => {
    expect(runnerOf('tcp')(() => culpritOf(errorOf(KERNEL)))).toMatchObject({
      plugin: undefined,
      place: { file: KERNEL },
    });
  });

  test('is of whoever set going what failed where its stack says nothing', () => {
    expect(runnerOf('tcp')(() => culpritOf(errorOf()))).toEqual({ plugin: 'tcp', place: undefined });
    expect(runnerOf('tcp')(() => culpritOf('a string'))).toEqual({ plugin: 'tcp', place: undefined });
    expect(culpritOf(undefined)).toEqual({ plugin: undefined, place: undefined });
  });

  test("goes by the log as the server's own where it is of no plugin", async () => {
    await using server = await startServer();
    server.host.uncaught(errorOf(KERNEL));
    server.host.uncaught(null);
    expect(server.failures).toMatchObject([
      { level: 'error', facts: { event: 'internal-error', where: 'src/kernel/client-session.ts:3:7' } },
      { level: 'error', facts: { event: 'internal-error', err: { message: 'null' } } },
    ]);
  });
});

test('what a plugin throws in a callback of its clock is contained, and counted', async () => {
  const late = definePlugin({
    name: 'late',
    summary: 'Fails late',
    setup({ clock }) {
      clock.after(1000, () => {
        throw new Error('thrown');
      });
      clock.after(1000, () => Promise.reject(new Error('rejected')) as never);
    },
  });
  await using server = await startServer({ late });
  const alice = await server.joins('alice');
  server.clock.advance(2);
  expect(await alice.asks('who')).toBe('alice');
  expect(server.failures.map(({ text, facts }) => `${text}: ${(facts.err as Error).message}`)).toEqual([
    "plugin 'late' failed in the background: thrown",
    "plugin 'late' failed in the background: rejected",
  ]);
});
