import { describe, expect, test } from 'vitest';
import { answer } from '../support/answer.ts';
import { Folder } from '../support/command-line.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { startTwo } from '../support/two-servers.ts';

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('a reload of two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  test('is asked for on one: the other says what has changed, or what is wrong', { timeout: 60_000 }, async () => {
    const { now, ...postgres } = database.options();
    const config = { sqlite: false, postgres, nats: { servers: [nats.url] } };
    await using both = await startTwo(database, nats, { postgres });
    await using folder = await Folder.with({});
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    const runs = () => folder.runs(['reload', '--everywhere', '--config', both.first.configFile]);

    await both.second.configures({ plugins: { ...config, who: false } });
    const one = await runs();
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toMatch(/^chatserv reloaded: nothing has changed; .*\n\S+ \(\d+\) reloaded: removed who; .*\n$/);
    expect(await answer(bob, 'who')).toBe('error:command:who');

    // The way between them is replaced on both.
    const renewed = { ...config, nats: { servers: [nats.url, nats.url] } };
    for (const program of [both.first, both.second]) await program.configures({ plugins: renewed });
    const two = await runs();
    expect(two).toMatchObject({ code: 0, stderr: '' });
    expect(two.stdout).toMatch(
      /^chatserv reloaded: changed .*nats \(its options\).*\n\S+ \(\d+\) reloaded: added who; /,
    );

    await both.second.configures({ plugins: { ...renewed, who: { nonsense: 1 } } });
    const three = await runs();
    expect(three.code).toBe(2);
    expect(three.stdout).toMatch(/^chatserv reloaded: nothing has changed/);
    expect(three.stderr).toMatch(new RegExp(`\\(${both.second.pid}\\) not reloaded: .*who.*nonsense`));
    expect(await answer(bob, 'who')).toContain('bob');

    // Its own errors keep it from asking others.
    await both.first.configures({ plugins: { ...renewed, who: { nonsense: 1 } } });
    await both.second.configures({ plugins: renewed });
    const four = await runs();
    expect(four).toMatchObject({ code: 2, stdout: '' });
    await alice.seesNothing();
  });
});
