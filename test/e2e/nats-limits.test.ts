import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, type Program } from '../support/program.ts';
import { startServers } from '../support/several-servers.ts';
import { shiftedBy } from '../support/shifted.ts';
import { startTwo, type TwoServers } from '../support/two-servers.ts';

/** Enough users for each server to count for some of them: in one of 512 runs it does not. */
const usersOf = (test: string) => Array.from({ length: 10 }, (_, i) => `${test}${i}`);

const USERS = usersOf('u');

/** What counts passwords, and nothing else. */
const LOCKOUT_ONLY = { 'single-session': false, 'login-rate': false, connections: false, timeouts: false };

const BLOCKED = /^(blocked:)?\d+$/;

/** Sends a name and a password over a connection of its own. @returns the last answer */
async function tries(program: Program, name: string, secret: string, localAddress = '127.0.0.1'): Promise<string> {
  await using client = await program.connect({ localAddress });
  const asked = await client.asks(name);
  return asked === 'password' ? await client.asks(secret) : asked;
}

/** How many wrong passwords were checked on both. */
function wrongOn({ first, second }: TwoServers): number {
  return `${first.stderr}${second.stderr}`.match(/"event":"login-failure"/g)?.length ?? 0;
}

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('the limits of two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  describe('that lock out', () => {
    let both: TwoServers;
    beforeAll(async () => {
      both = await startTwo(database, nats, LOCKOUT_ONLY);
    });
    afterAll(() => both[Symbol.asyncDispose]());

    test('wrong passwords on both lead to a block after as many as on one', { timeout: 60_000 }, async () => {
      const users = usersOf('wrong');
      const { first, second } = both;
      await first.registers(...users);
      for (const [i, user] of users.entries()) {
        const [one, other] = i % 2 === 0 ? [first, second] : [second, first];
        expect(await tries(one, user, 'wrong')).toBe('password');
        expect(await tries(other, user, 'wrong')).toBe('password');
        expect(await tries(one, user, 'wrong')).toBe('60');
        for (const program of [one, other]) expect(await tries(program, user, PASSWORD)).toMatch(BLOCKED);
        expect(await tries(other, user, PASSWORD, '127.0.0.2')).toBe('welcome');
      }
      // A right one begins the count anew on both.
      const [user = ''] = users;
      for (let round = 0; round < 2; round++) {
        for (const program of [first, second]) expect(await tries(program, user, 'no', '127.0.0.3')).toBe('password');
        expect(await tries(first, user, PASSWORD, '127.0.0.3')).toBe('welcome');
      }
    });

    test('passwords sent to both at one moment are checked only as often as they may be wrong', {
      timeout: 60_000,
    }, async () => {
      const users = usersOf('moment');
      const before = wrongOn(both);
      await both.first.registers(...users);
      for (const [i, user] of users.entries()) {
        const guesses = Array.from({ length: 12 }, (_, n) =>
          tries(n % 2 === 0 ? both.first : both.second, user, `no ${n}`),
        );
        const answers = await Promise.all(guesses);
        expect(answers.filter((said) => said === 'password')).toHaveLength(2);
        expect(answers.filter((said) => BLOCKED.test(said))).toHaveLength(10);
        await expect.poll(() => wrongOn(both)).toBe(before + 3 * (i + 1));
        for (const program of [both.first, both.second]) expect(await tries(program, user, PASSWORD)).toMatch(BLOCKED);
      }
    });

    test('nonsense on any subject changes nothing', { timeout: 60_000 }, async () => {
      const users = usersOf('nonsense');
      const { first, second } = both;
      await first.registers(...users);
      const stranger = await connect({ servers: nats.url });
      const subjects = new Set<string>();
      const use = { server: 'x', uses: [['lockout nothing', '', 1, 1]] };
      const nonsense = [
        '',
        'null',
        '[1]',
        'a b c',
        '\r\n',
        '{"server":{}}',
        '{"server":"x","uses":[["login-rate networks"]]}',
        JSON.stringify(use),
        '{"name":"lockout.begin","data":{"pair":5}}',
        '{"name":"lockout.end","data":{}}',
        '{"name":"__proto__","data":1}',
      ];
      stranger.subscribe('chatserv.>', {
        callback: (_, { subject }) => {
          if (subjects.has(subject)) return;
          subjects.add(subject);
          for (const text of nonsense) stranger.publish(subject, text);
        },
      });
      await stranger.flush();
      const kinds = () => [...subjects].map((subject) => subject.split('.')[2]);
      // A server says every two seconds that it is there.
      await expect.poll(kinds, { timeout: 20_000 }).toContain('alive');
      for (const user of users) {
        expect(await tries(first, user, 'no')).toBe('password');
        expect(await tries(second, user, 'no')).toBe('password');
        expect(await tries(first, user, 'no')).toBe('60');
      }
      expect(kinds()).toContain('owner');
      await stranger.close();
      for (const program of [first, second]) expect(program.stderr).not.toMatch(/internal-error|plugin-error|uncaught/);
    });

    test('while NATS is away each server counts by itself, and then together again', { timeout: 60_000 }, async () => {
      const users = usersOf('away');
      const { first, second } = both;
      await first.registers(...users);
      await nats.stop();
      for (const program of [first, second]) await program.complains(/nats-error/);
      for (const user of users.slice(0, 4)) {
        for (const [n, expected] of ['password', 'password', '60'].entries()) {
          expect(await tries(first, user, `no ${n}`)).toBe(expected);
        }
        expect(await tries(second, user, 'no', '127.0.0.2')).toBe('password');
        expect(await tries(second, user, PASSWORD, '127.0.0.2')).toBe('welcome');
      }
      first.stderr = second.stderr = '';
      await nats.start();
      for (const program of [first, second]) await program.complains(/nats-back/);
      for (const user of users.slice(4, 8)) {
        expect(await tries(first, user, 'no')).toBe('password');
        expect(await tries(second, user, 'no')).toBe('password');
        expect(await tries(first, user, 'no')).toBe('60');
      }
    });

    test('a server that is killed or stands still keeps nobody from logging in elsewhere', {
      timeout: 60_000,
    }, async () => {
      const users = usersOf('killed');
      const [one = '', other = ''] = users;
      const { first, second } = both;
      await first.registers(...users);
      second.signals('SIGSTOP');
      for (const user of users) expect(await tries(first, user, PASSWORD)).toBe('welcome');
      for (const expected of ['password', 'password', '60']) expect(await tries(first, one, 'no')).toBe(expected);
      second.signals('SIGCONT');
      await second.kill();
      for (const user of users) expect(await tries(first, user, PASSWORD, '127.0.0.2')).toBe('welcome');
      for (const expected of ['password', 'password', '60']) expect(await tries(first, other, 'no')).toBe(expected);
    });
  });

  test('what is taken of quotas on one is taken on the other', { timeout: 60_000 }, async () => {
    const rule = { perNetwork: 4, time: 3600 };
    await using both = await startTwo(
      database,
      nats,
      { search: { perMinute: 2 }, 'login-rate': rule, lockout: false, 'single-session': false },
      { exempt: [] },
    );
    const { first, second } = both;
    const [alice, bob] = [await first.joins('alice'), await second.joins('bob')];
    await first.registers(...USERS.slice(0, 5));
    const again = await second.returns('alice');
    /** Has the second know all that happened on the first: announcements stay in order. */
    async function settle() {
      expect(await answer(alice, 'message bob settled')).toBe('sent:');
      await bob.hears('alice', 'settled');
      await again.seesNothing();
    }

    // Of a network: right ones are given back.
    for (let i = 0; i < 6; i++) expect(await tries(first, 'u0', PASSWORD, '127.0.0.7')).toBe('welcome');
    for (const user of USERS.slice(0, 4)) expect(await tries(first, user, 'no', '127.0.0.7')).toBe('password');
    await settle();
    expect(await tries(second, 'u4', PASSWORD, '127.0.0.7')).toMatch(BLOCKED);
    expect(await tries(second, 'u4', PASSWORD, '127.0.0.8')).toBe('welcome');

    // Of a user.
    for (let i = 0; i < 2; i++) expect(await answer(alice, 'search tea')).not.toMatch(/^error/);
    await settle();
    expect(await answer(again, 'search tea')).toBe('error:rate:search');
    expect(await answer(bob, 'search tea')).not.toMatch(/^error/);
  });

  test('a user whose password is guessed from everywhere still logs in on both from where one knows the user', {
    timeout: 60_000,
  }, async () => {
    const rate = { perUser: 2, time: 3600 };
    await using both = await startTwo(
      database,
      nats,
      { 'login-rate': rate, lockout: false, 'single-session': false },
      { exempt: [] },
    );
    const { first, second } = both;
    const [alice, bob] = [await first.joins('alice'), await second.joins('bob')];
    await first.registers('carol');
    expect(await tries(first, 'carol', PASSWORD, '127.0.0.5')).toBe('welcome');
    const networks = ['127.1.0.1', '127.1.0.2'];
    for (const network of [...networks, ...networks])
      expect(await tries(first, 'carol', 'no', network)).toBe('password');
    expect(await answer(alice, 'message bob settled')).toBe('sent:');
    await bob.hears('alice', 'settled');
    expect(await tries(second, 'carol', 'no', '127.1.0.1')).toMatch(BLOCKED);
    expect(await tries(second, 'carol', PASSWORD, '127.0.0.5')).toBe('welcome');
    expect(await tries(second, 'carol', PASSWORD, '127.1.0.3')).toBe('welcome');
  });

  test('slow mode counts messages on both', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats, { 'single-session': false });
    const alice = await both.first.joins('alice');
    expect(await answer(alice, 'create #tea')).toBe('created:#tea');
    expect(await answer(alice, 'room-slow #tea 1h')).toMatch(/^done:/);
    const bob = await both.first.joins('bob');
    expect(await answer(bob, 'join #tea')).toBe('joined:#tea');
    const [again, carol] = [await both.second.returns('bob'), await both.second.joins('carol')];
    await expect.poll(() => answer(carol, 'join #tea')).toBe('joined:#tea');
    expect(await answer(bob, 'message #tea one')).toBe('sent:');
    // After notices of the room.
    while (!/bob: one$/.test(await carol.next())) {}
    expect(await answer(again, 'message #tea two')).toBe('error:slow:message');
    expect(await answer(carol, 'message #tea three')).toBe('sent:');
  });

  test('a database that is away has no plugin quarantined, on the server that asks or the one that counts', {
    timeout: 60_000,
  }, async () => {
    await using both = await startTwo(database, nats, LOCKOUT_ONLY, { quarantineAfter: 1 });
    const { first, second } = both;
    await first.registers(...USERS);
    await database.stop('SIGQUIT');
    // The first connection to find out may be the log's own.
    for (const program of [first, second]) await program.complains(/store-error/);
    for (const user of USERS) await tries(first, user, 'no').catch(() => {});
    await database.start();
    for (const user of USERS.slice(0, 4)) {
      await expect.poll(() => tries(first, user, PASSWORD, '127.0.0.2'), { timeout: 20_000 }).toBe('welcome');
      const answers = [];
      for (const program of [first, second, first, second]) answers.push(await tries(program, user, 'no', '127.0.0.3'));
      expect(answers).toEqual(['password', 'password', '60', expect.stringMatching(BLOCKED)]);
    }
    for (const program of [first, second]) expect(program.stderr).not.toContain('"event":"quarantine"');
  });

  test('a block is the same on servers whose clocks differ', { timeout: 60_000 }, async () => {
    await using servers = await startServers(3, database, nats, {
      plugins: LOCKOUT_ONLY,
      env: [shiftedBy(5), {}, shiftedBy(-5)],
    });
    const programs = servers.programs as [Program, Program, Program];
    await programs[1].registers(...USERS);
    for (const user of USERS) {
      const answers: string[] = [];
      for (const program of programs) answers.push(await tries(program, user, 'no'));
      expect(answers).toEqual(['password', 'password', '60']);
      for (const program of programs) {
        const said = await tries(program, user, PASSWORD);
        expect(said).toMatch(/^blocked:\d+$/);
        expect(Number(said.slice('blocked:'.length))).toBeLessThanOrEqual(60);
      }
    }
  });

  test('a reload loses no count, and counts nothing twice', { timeout: 60_000 }, async () => {
    const { now, ...postgres } = database.options();
    const plugins = { ...LOCKOUT_ONLY, sqlite: false, postgres };
    await using both = await startTwo(database, nats, plugins);
    const { first, second } = both;
    await first.registers(...USERS);
    for (const user of USERS) expect(await tries(first, user, 'no')).toBe('password');
    // As long as a login is under way, the plugins from before the reload are still at work.
    for (const program of [first, second]) expect(await (await program.connect()).asks('newcomer')).toBe('register');
    await first.configures({ plugins: { ...plugins, nats: { servers: [nats.url, nats.url] } } });
    expect((await first.reloads()).errors).toBeUndefined();
    for (const user of USERS) expect(await tries(second, user, 'no')).toBe('password');
    await second.configures({
      plugins: { ...plugins, nats: { servers: [nats.url] }, lockout: { lockoutDuration: 50 } },
    });
    expect((await second.reloads()).errors).toBeUndefined();
    for (const user of USERS) expect(await tries(first, user, 'no')).toMatch(/^[56]0$/);
  });
});
