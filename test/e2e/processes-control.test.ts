import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineClient } from 'chatserv/testing';
import { describe, expect, test, vi } from 'vitest';
import { answer } from '../support/answer.ts';
import { Folder } from '../support/command-line.ts';
import { freePort } from '../support/free-port.ts';
import { holdSocket } from '../support/held-socket.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { canNotify, NotifySocket } from '../support/notify-socket.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { joinEach, pidOf, processesConfig, sessionsOf, startProcesses } from '../support/processes.ts';

// Most of the time programs start.
vi.setConfig({ testTimeout: 120_000 });

/** Fails where a system cannot share a port: a system that can be tested on can. */
const UNSHARED = `
import { Server } from 'node:net';
const { listen } = Server.prototype;
Server.prototype.listen = function (options, ...more) {
  if (!options.reusePort) return listen.call(this, options, ...more);
  const error = Object.assign(new Error('listen ENOTSUP: operation not supported'), { code: 'ENOTSUP' });
  process.nextTick(() => this.emit('error', error));
  return this;
};`;

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('what operates a server of several processes', () => {
  const database = usePostgres();
  const nats = useNats();

  test('the command line reaches all processes', async () => {
    const config = await processesConfig(database, nats);
    await using program = await startProcesses(config);
    const users = [...(await joinEach(program)).values()];
    await using folder = await Folder.with({});
    const runs = (...args: readonly string[]) => folder.runs([...args, '--config', program.configFile]);
    const health = await runs('health');
    expect(health).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ready\n {2}processes +well\n/) });
    await expect.poll(() => sessionsOf(program), { timeout: 30_000 }).toEqual([1, 1]);
    const { stdout } = await runs('top');
    expect(stdout).toMatch(/^up \d+ s, 2 sessions, 2 online, /);
    expect(stdout).toMatch(/\nprocess 1: serving, 1 sessions, .*\nprocess 2: serving, 1 sessions, /);

    await program.configures({ ...config, plugins: { ...config.plugins, who: false } });
    expect(await runs('reload')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^chatserv reloaded: removed who;/),
    });
    for (const user of users) expect(await user.asks('who')).toBe('error:command:who');

    await program.configures({ ...config, plugins: { ...config.plugins, nats: false } });
    const refused = await runs('reload');
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^chatserv: [^\n]* switch on the plugin 'nats' /),
    });
    expect(refused.stderr.match(/\n/g)).toHaveLength(1);

    await program.configures(config);
    program.signals('SIGHUP');
    await program.prints(/chatserv reloaded: added who;/);
    for (const user of users) expect(await user.asks('who')).not.toMatch(/^error/);
    expect(program.stdout.match(/chatserv reloaded/g)).toHaveLength(1);

    const [admin] = users as [LineClient];
    expect(await runs('user', 'role', admin.name, 'admin')).toMatchObject({ code: 0 });
    await program.configures({ ...config, plugins: { ...config.plugins, whoelse: false } });
    expect(await admin.asks('reload')).toMatch(/removed whoelse/);
    for (const user of users) expect(await answer(user, 'whoelse')).toBe('error:command:whoelse');

    for (const user of users) {
      expect(await runs('user', 'remove', user.name)).toMatchObject({ code: 0 });
      await user.sees('closing:removed');
    }
  });

  test('health and metrics cover all processes, also one that cannot come back', async () => {
    const port = await freePort();
    const config = await processesConfig(database, nats, { http: { port }, metrics: true });
    await using program = await startProcesses(config);
    const metrics = async () => {
      // A process that was killed may have been about to accept the connection.
      const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
      return await response.text();
    };
    const page = await metrics();
    for (const number of [1, 2]) {
      expect(page).toContain(`\nchatserv_process_up{process="${number}"} 1\n`);
      expect(page).toMatch(new RegExp(`\nchatserv_sessions{process="${number}"} 0\n`));
      expect(page).toMatch(new RegExp(`\nchatserv_events_total{process="${number}",event="connection"} \\d+\n`));
    }
    expect(page.match(/# TYPE chatserv_sessions /g)).toHaveLength(1);

    await program.configures({ ...config, limits: { drainTime: -1 } });
    process.kill(await pidOf(program, 2), 'SIGKILL');
    await program.complains(/"event":"process-end","process":2,.*"code":2,.*exit code 2/);
    expect(await metrics()).toContain('\nchatserv_process_up{process="2"} 0\n');
    await using folder = await Folder.with({});
    const health = await folder.runs(['health', '--config', program.configFile]);
    expect(health).toMatchObject({ code: 1, stdout: expect.stringMatching(/^not ready\n/) });
    expect(health.stdout).toMatch(/\n {2}processes +process 2: it is not running\n/);
    expect(health.stdout).toMatch(/\n {2}store +well\n/);
    expect((await program.facts()).state).toBe('starting');

    await program.configures(config);
    program.stderr = '';
    await pidOf(program, 2);
    expect((await program.facts()).state).toBe('serving');
    expect(await metrics()).toContain('\nchatserv_process_up{process="2"} 1\n');
  });

  test.skipIf(!canNotify)('systemd is told of all processes together, and they share its sockets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-notify-'));
    try {
      await using systemd = await NotifySocket.at(join(folder, 'notify.sock'));
      await using held = await holdSocket();
      const config = await processesConfig(database, nats, { tcp: { host: '192.0.2.1', port: 1 } });
      const env = { NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '400000' };
      await using program = await startProcesses(config, { env, sockets: { tcp: held.fd } });
      await systemd.hears(/^READY=1$/);
      for (const number of [1, 2]) await pidOf(program, number);
      await systemd.hears(/^WATCHDOG=1$/);
      expect(program.port).toBe(held.port);
      for (const number of [1, 2]) {
        await program.complains(
          new RegExp(`"process":${number},"event":"listen","transport":"tcp","where":"127.0.0.1:${held.port}"`),
        );
      }
      await program.joins('alice');
      const { length } = systemd.told;
      await program.reloads();
      await systemd.hears(/^RELOADING=1\nMONOTONIC_USEC=\d+$/, length);
      await systemd.hears(/^READY=1$/, length);
      expect(await program.stop()).toBe(0);
      await systemd.hears(/^STOPPING=1$/);
      expect(systemd.told.filter((told) => told === 'READY=1')).toHaveLength(2);
      expect(program.stderr).not.toContain('socket-unused');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a config that is wrong ends the start, and so does a system that cannot share a port; each is said once', async () => {
    const wrong = startProcesses(await processesConfig(database, nats, { tcp: { prot: 1 } }));
    await expect(wrong).rejects.toThrow(/exit code 2\s+its stderr:\s+chatserv: [^\n]*prot[^\n]*\s*$/);
    const config = await processesConfig(database, nats);
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(UNSHARED)}`, LOG_LEVEL: 'error' };
    await expect(startProcesses(config, { env })).rejects.toThrow(
      /exit code 2\s+its stderr:\s+chatserv: [^\n]*this system cannot share 127\.0\.0\.1:\d+ between processes[^\n]*\s*$/,
    );
  });
});
