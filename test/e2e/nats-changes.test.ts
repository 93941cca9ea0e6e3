import { describe, expect, test } from 'vitest';
import { answer } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD } from '../support/program.ts';
import { startTwo } from '../support/two-servers.ts';

/** How long a server may take on a busy machine to learn what another one has changed. */
const SOON = { timeout: 15_000 };

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('what changes on one of two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  test('changes on the other: settings, also those changed without NATS, and passwords', {
    timeout: 60_000,
  }, async () => {
    await using both = await startTwo(database, nats, { 'single-session': false });
    await both.first.registers('alice');
    const [here, there] = [await both.first.returns('alice'), await both.second.returns('alice')];
    const bob = await both.second.joins('bob');
    const isHeard = async (text: string) => {
      expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
      return (await answer(there, 'ignored')) === '';
    };
    expect(await answer(here, 'ignore bob')).toBe('ignored:bob');
    await expect.poll(() => isHeard('one'), SOON).toBe(false);
    expect(await answer(here, 'unignore bob')).toBe('unignored:bob');
    await expect.poll(() => isHeard('two'), SOON).toBe(true);

    await nats.stop();
    for (const program of [both.first, both.second]) {
      await program.complains(/nats-error/);
      program.stderr = '';
    }
    expect(await answer(here, 'contact-policy nobody')).toBe('contact-policy:nobody');
    expect(await answer(here, 'ignore bob')).toBe('ignored:bob');
    await nats.start();
    for (const program of [both.first, both.second]) await program.complains(/nats-back/);
    await expect.poll(() => answer(there, 'ignored'), SOON).toBe('bob');
    const carol = await both.second.joins('carol');
    await expect.poll(() => carol.asks('message alice hi'), SOON).toBe('error:contact:message');

    await here.says('change-password', PASSWORD, 'coffee-at-ten', 'coffee-at-ten');
    await here.seesInOrder('password', 'password:new', 'done:');
    await there.sees('closing:signed-out');
  });

  test('renames users on the other, who stay online where their client can be told', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats, { 'single-session': false, rename: { users: true } });
    await both.first.registers('alice');
    const [here, there] = [await both.first.connectJson(), await both.second.connectJson()];
    for (const program of [here, there]) await program.logsIn('alice', PASSWORD);
    const bob = await both.first.joins('bob');
    const carol = await both.second.joins('carol');
    here.says({ type: 'command', request: 'r', name: 'rename', values: { name: 'alicia' } });
    for (const program of [here, there]) await program.sees({ type: 'renamed', name: 'alicia', before: 'alice' });
    await here.sees({ type: 'answer', request: 'r', text: 'renamed:alicia' });
    for (const client of [bob, carol]) {
      const names = async () => (await answer(client, 'who')).split(' ').toSorted().join(' ');
      await expect.poll(names, SOON).toBe('alicia bob carol');
    }
    // On the other server only.
    await here.closes();
    await expect.poll(() => answer(bob, 'message alicia hi'), SOON).toBe('sent:');
    await there.sees({ type: 'message', from: 'bob', text: 'hi' });
    await both.first.joins('alice');
  });
});
