import type { LineClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { answer, answerUntil } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import type { Program } from '../support/program.ts';
import { startTwo } from '../support/two-servers.ts';

/** How long the servers may take to learn of each other's users on a busy machine. */
const SOON = { timeout: 15_000 };

/** How long the guests of a server that was killed may count as online, in milliseconds. */
const LAPSE = { timeout: 40_000 };

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('guests of two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  const startBoth = (guests = {}) =>
    startTwo(database, nats, { guests: { perNetwork: 50, ...guests }, history: { announce: false } });

  /** Asks to come in as a guest. @returns the client, and the answer */
  async function enters(program: Program, name: string): Promise<{ client: LineClient; got: string }> {
    const client = await program.connect({ name });
    await client.says(name, 'n', 'y');
    await client.seesInOrder('register', 'guest');
    return { client, got: await client.next() };
  }

  test('are known on both, and can be written to', { timeout: 60_000 }, async () => {
    await using both = await startBoth();
    const alice = await both.first.joins('alice');
    const { client: gil, got } = await enters(both.second, 'gil');
    expect(got).toBe('welcome');
    await expect.poll(() => answer(alice, 'who'), SOON).toBe('alice gil[guest]');
    expect(await answer(alice, 'message gil[guest] hi')).toBe('sent:');
    await gil.hears('alice', 'hi');
    await expect.poll(() => answer(gil, 'whoelse'), SOON).toBe('alice');
    expect(await answer(gil, 'message alice hello')).toBe('sent:');
    await alice.hears('gil[guest]', 'hello');
    const { client: kim } = await enters(both.first, 'kim');
    await expect.poll(() => answer(gil, 'who'), SOON).toContain('kim[guest]');
    expect(await answer(kim, 'message gil[guest] who are you?')).toBe('sent:');
    await gil.hears('kim[guest]', 'who are you?');
    await gil.closes();
    await expect.poll(() => answer(alice, 'message gil[guest] bye'), SOON).toBe('sent:gil[guest]');
  });

  test('have names of their own, also when they come at one moment', { timeout: 60_000 }, async () => {
    await using both = await startBoth();
    const { client: gil } = await enters(both.first, 'gil');
    expect((await enters(both.second, 'gil')).got).toBe('username');
    expect((await enters(both.second, 'giI')).got).toBe('username');
    await gil.closes();
    await expect.poll(async () => (await enters(both.second, 'gil')).got, SOON).toBe('welcome');
    for (let i = 0; i < 10; i++) {
      const got = await Promise.all([enters(both.first, `kim${i}`), enters(both.second, `kim${i}`)]);
      expect(got.map((one) => one.got).sort()).toEqual(['username', 'welcome']);
    }
  });

  test('wait while NATS is away, and those of a server that is gone free their names', {
    timeout: 60_000,
  }, async () => {
    await using both = await startBoth();
    await enters(both.first, 'gil');
    const { client: kim } = await enters(both.second, 'kim');
    await nats.stop();
    await both.second.complains(/nats-error/);
    expect((await enters(both.second, 'lee')).got).toBe('closing:busy');
    both.first.stderr = both.second.stderr = '';
    await nats.start();
    for (const program of [both.first, both.second]) await program.complains(/nats-back/);
    await expect.poll(async () => (await enters(both.second, 'gil')).got, SOON).toBe('username');
    await kim.seesNothing();
    await both.first.kill();
    await expect.poll(async () => (await enters(both.second, 'gil')).got, LAPSE).toBe('welcome');
  });

  test('have accounts that last as long as their sessions, whichever server is killed', {
    timeout: 60_000,
  }, async () => {
    await using both = await startBoth({ rooms: 'join', mark: false });
    const alice = await both.first.joins('alice');
    expect(await answer(alice, 'create #lab')).toBe('created:#lab');
    const { client: gil, got } = await enters(both.second, 'gil');
    expect(got).toBe('welcome');
    await answerUntil(gil, 'join #lab', 'joined:#lab');
    await alice.sees(/ #lab \*server\*: gil joined$/);
    expect(await answer(gil, 'message #lab hi')).toBe('sent:');
    await alice.sees(/ #lab gil: hi$/);
    const { client: kim } = await enters(both.first, 'kim');
    await answerUntil(kim, 'join #lab', 'joined:#lab');
    // A name is one on both, and what one of them looks for does not end the guests of the other.
    for (const name of ['gil', 'kim']) {
      for (const program of [both.first, both.second]) {
        const late = await program.connect({ name });
        await late.says(name);
        await late.sees(/^(connected|username)$/);
      }
    }
    await gil.sees(/ #lab \*server\*: kim joined$/);
    expect(await answer(alice, 'message gil are you there?')).toBe('sent:');
    await gil.hears('alice', 'are you there?');

    await both.second.kill();
    await expect.poll(async () => (await enters(both.first, 'gil')).got, LAPSE).toBe('welcome');
    await expect.poll(() => answer(alice, 'members #lab'), SOON).toBe('alice:owner kim:member');
    expect(await answer(kim, 'message #lab hello')).toBe('sent:');
  });
});
