import { describe, expect, test } from 'vitest';
import { openStore } from '../../plugins/stores/postgres/store.ts';
import { answer } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { startTwo } from '../support/two-servers.ts';

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('moderators of two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  test('act on users of both, at once', { timeout: 60_000 }, async () => {
    const { now, ...postgres } = database.options();
    await using both = await startTwo(database, nats, { postgres }, { exempt: [] });
    await both.first.registers('root');
    const store = await openStore({ ...postgres, now });
    await store.accounts.setRoles((await store.accounts.find('root'))?.id ?? 0, ['admin']);
    await store.close();
    const [root, bob] = [await both.first.returns('root'), await both.second.joins('bob')];

    expect(await answer(root, 'mute bob 1h')).toBe('done:');
    expect(await answer(bob, 'message root hi')).toBe('error:muted:message');
    expect(await answer(root, 'unmute bob')).toBe('done:');
    expect(await answer(bob, 'message alice hi')).toBe('sent:alice');

    expect(await answer(root, 'kick bob')).toBe('done:1');
    await bob.sees('closing:kicked');
    const again = await both.second.returns('bob');
    expect(await answer(root, 'ban bob')).toBe('done:1');
    await again.sees('closing:banned');

    const carol = await both.second.connect({ localAddress: '127.0.0.9' });
    await carol.registers('carol', 'tea-at-four');
    expect(await answer(root, 'ban 127.0.0.8/31')).toBe('done:1');
    await carol.sees('closing:banned');
    const later = await both.second.connect({ localAddress: '127.0.0.8' });
    await later.sees('closing:banned');

    // Alone.
    await both.second.stop();
    expect(await answer(root, 'kick carol')).toBe('done:0');
  });
});
