import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' } };

/** The capabilities in lines of `CAP LS` or `CAP LIST`, without values. */
function named(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line.split(' :').at(-1) ?? '').split(' ')).map((word) => word.split('=')[0] ?? '');
}

test('a client lists all capabilities, in lines that are not too long', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const all = await alice.asks('CAP LS 302');
  for (const name of named(all)) await alice.asks(`CAP REQ ${name}`);
  const enabled = await alice.asks('CAP LIST');
  expect(named(enabled).sort()).toEqual(named(all).sort());
  for (const lines of [all, enabled]) {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(500);
    expect(lines.filter((line) => / L(?:S|IST) \* :/.test(line))).toEqual(lines.slice(0, -1));
  }
});

test('clients are told of capabilities that have another value', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await IrcClient.joins(server, 'bob', ['cap-notify']);
  const carol = await IrcClient.joins(server, 'carol');
  await alice.asks('CAP LS 302');
  await server.reload({ ...IRC, registration: false, irc: { ...IRC.irc, maxKeys: 5 } });
  const metadata = 'draft/metadata-3=before-connect,max-subs=50,max-keys=5,max-key-bytes=64,max-value-bytes=300';
  expect(await alice.asks()).toEqual([`:irc.example CAP alice NEW :draft/account-registration ${metadata}`]);
  expect(await bob.asks()).toEqual([':irc.example CAP bob NEW :draft/account-registration draft/metadata-3']);
  expect(await carol.asks()).toEqual([]);
  await server.reload({ ...IRC, registration: false, irc: { ...IRC.irc, maxKeys: 5, motd: ['Hi'] } });
  expect(await alice.asks()).toEqual([]);
});

test.each(['no-implicit-names', 'draft/no-implicit-names'])(
  'with %s a JOIN has no names, which NAMES lists',
  async (name) => {
    await using server = await startServer(IRC);
    const alice = await IrcClient.joins(server, 'alice', [name]);
    expect(await alice.asks('JOIN #lab')).toEqual([':alice!alice@irc.example JOIN #lab']);
    expect(await alice.asks('NAMES #lab')).toEqual([
      ':irc.example 353 alice = #lab @alice',
      ':irc.example 366 alice #lab :End of /NAMES list',
    ]);
  },
);
