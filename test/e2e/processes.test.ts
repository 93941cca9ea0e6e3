import { connect } from 'node:net';
import { join } from 'node:path';
import { LineClient } from 'chatserv/testing';
import { describe, expect, test, vi } from 'vitest';
import { restartDelay } from '../../src/cli/supervisor.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { joinEach, pidOf, processesConfig, sessionsOf, startProcesses } from '../support/processes.ts';
import { startProgram } from '../support/program.ts';

// Most of the time programs start.
vi.setConfig({ testTimeout: 120_000 });

/** The names of whoever is online, when they are as many as expected. */
const everyone = (count: number) => new RegExp(`^${Array(count).fill('\\S+').join(' ')}$`);

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('a server of several processes', () => {
  const database = usePostgres();
  const nats = useNats();

  test('the system spreads clients over the processes, which serve one chat on one port', async () => {
    const config = await processesConfig(database, nats, { unix: { socket: 'line.sock' } });
    await using program = await startProcesses(config);
    expect(program.stdout.match(/listens on/g)).toHaveLength(4);
    const users = await joinEach(program);
    const [one, two] = [...users.values()] as [LineClient, LineClient];
    for (const [from, to] of [
      [one, two],
      [two, one],
    ] as const) {
      expect(await from.asks(`message ${to.name} hi`)).toBe('sent:');
      await to.hears(from.name, 'hi');
    }
    await one.asksUntil('who', everyone(2));
    await expect.poll(() => sessionsOf(program), { timeout: 30_000 }).toEqual([1, 1]);

    const local = new LineClient(connect(join(program.folder, 'line.sock')), 'local');
    await local.registers('local', 'tea-at-four');
    await local.closes();

    // Without care the system would let both groups share the port.
    const other = startProcesses(config);
    await expect(other).rejects.toThrow(`already listening on 127.0.0.1:${program.port}`);
  });

  test('when a process is killed the others go on, and a new one takes its place', async () => {
    await using program = await startProcesses(await processesConfig(database, nats));
    const users = await joinEach(program);
    const [one, two] = [users.get(1), users.get(2)] as [LineClient, LineClient];
    const pid = await pidOf(program, 1);
    program.stderr = '';
    process.kill(pid, 'SIGKILL');
    await one.isGone();
    expect(await two.asks(`message ${one.name} later`)).toBe('sent:');
    await program.complains(/"level":"error".*"event":"process-end","process":1,.*"signal":"SIGKILL".*again in 1 s/);
    expect(await pidOf(program, 1)).not.toBe(pid);
    for (const user of (await joinEach(program)).values()) {
      expect(await user.asks(`message ${two.name} here`)).toBe('sent:');
      await two.hears(user.name, 'here');
    }
    // Also where the port was for the system to pick.
    expect(program.stdout.match(/listens on http/g)).toHaveLength(1);
    expect(await program.stop()).toBe(0);
  });

  test('a signal stops all in order, also one that a terminal sends to each of them', async () => {
    await using program = await startProcesses(await processesConfig(database, nats));
    const users = await joinEach(program);
    for (const number of [1, 2]) process.kill(await pidOf(program, number), 'SIGINT');
    const stopped = program.stop('SIGINT');
    for (const user of users.values()) {
      await user.sees('closing:shutdown');
      await user.isClosed();
    }
    expect(await stopped).toBe(0);
    expect(program.stderr).not.toMatch(/"event":"process-end"/);
    expect(program.stderr.match(/"event":"end"/g)).toHaveLength(3);
  });

  test('when the supervisor is killed the processes stop in order', async () => {
    await using program = await startProcesses(await processesConfig(database, nats));
    const users = await joinEach(program);
    await program.kill();
    for (const user of users.values()) {
      await user.sees('closing:shutdown');
      await user.isClosed();
    }
  });

  test('SIGUSR2 replaces the processes one after the other, and none where a new one cannot start', async () => {
    await using program = await startProcesses(await processesConfig(database, nats));
    const users = await joinEach(program);
    const before = [await pidOf(program, 1), await pidOf(program, 2)];
    program.stderr = '';
    program.signals('SIGUSR2');
    for (const number of [1, 2]) {
      const user = users.get(number) as LineClient;
      await user.sees('closing:shutdown');
      await user.isClosed();
      // The other one, or the new one, listens at every moment.
      await (await program.connect()).closes();
    }
    await program.complains(/"event":"restarted"/);
    const after = [await pidOf(program, 1), await pidOf(program, 2)];
    expect(new Set([...before, ...after]).size).toBe(4);

    const user = (await joinEach(program)).get(1) as LineClient;
    await program.configures({ plugins: { sqlite: true } });
    program.stderr = '';
    program.signals('SIGUSR2');
    await program.complains(/"event":"restart-failure","process":1,/);
    await user.seesNothing();
    expect((await program.facts()).state).toBe('serving');
  });
});

test('without a shared database and NATS it does not start, and one sentence says why', async () => {
  await expect(startProgram({}, { processes: 2 })).rejects.toThrow(
    /exit code 2\s+its stderr:\s+chatserv: Several processes \(--processes\) share a database and know each other over NATS: switch on the store 'postgres' instead of 'sqlite' and the plugin 'nats' in \S+\. How: docs\/cluster\.md\.\s*$/,
  );
});

test('a process that ends again and again is started less and less often', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 100].map(restartDelay)).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});
