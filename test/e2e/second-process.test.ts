import { join } from 'node:path';
import { EVERYONE, type NewEntry } from 'chatserv';
import { expect, test } from 'vitest';
import { openStore } from '../../plugins/stores/sqlite/store.ts';
import { newEntry } from '../support/new-entry.ts';
import { startProgram } from '../support/program.ts';

/** What another process appends to the log of a server that runs: it has the file open beside the server, which owns it. */
test('what another process appends reaches users who are online, in one order with all else, and those who come later', {
  timeout: 60_000,
}, async () => {
  await using program = await startProgram();
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  await program.registers('carol');
  const other = await openStore({ file: join(program.folder, 'chat.db'), busyTimeout: 5000, now: Date.now });
  try {
    const [{ id: sender = 0 } = {}, { id: recipient = 0 } = {}] = [
      await other.accounts.find('alice'),
      await other.accounts.find('bob'),
    ];
    const append = (to: NewEntry['to'], body: string) =>
      other.messageLog.append([newEntry(body, { to, sender, time: Date.now() })]);
    const direct = { direct: [sender, recipient] };
    await append(direct, 'one');
    await bob.hears('alice', 'one');
    await append({ room: EVERYONE }, 'two');
    // The server appends right after the other process, and tells of both.
    expect(await alice.asks('message bob three')).toBe('sent:');
    await bob.hears('alice', 'two');
    await bob.hears('alice', 'three');
    await append(direct, 'four');
    await bob.hears('alice', 'four');
    await alice.seesNothing();

    const carol = await program.returns('carol');
    await carol.hears('alice', 'two');
    await carol.seesNothing();
  } finally {
    await other.close();
  }
  expect(program.stderr).toBe('');
});
