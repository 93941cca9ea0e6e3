import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backup, definePlugin, StoreFacts } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../test/support/attacker.ts';

let folder = '';
const database = () => join(folder, 'chat.db');
const backups = () => readdirSync(join(folder, 'backups')).sort();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-backups-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A server on a database, with backups. */
function start(options: object = {}, more: object = {}): Promise<TestServer> {
  return startServer({
    memory: false,
    sqlite: { file: database() },
    backups: { folder: join(folder, 'backups'), every: '1d', freeSpace: 0, ...options },
    timeouts: false,
    ...more,
  });
}

const count = (server: TestServer, event: string) => server.logged.filter(({ facts }) => facts.event === event).length;

/** Awaits the event for the nth time. */
const sees = (server: TestServer, event: string, times = 1) => until(event, () => count(server, event) >= times);

test('a backup is made at once and then on schedule, and the oldest are deleted', async () => {
  await using server = await start({ keep: 2 });
  server.clock.advance(0);
  await sees(server, 'backup');
  expect(backups()).toEqual(['chatserv-20260101T000000Z.db']);
  server.clock.advance(86_400 - 1);
  server.clock.advance(1);
  await sees(server, 'backup', 2);
  server.clock.advance(86_400);
  await sees(server, 'backup', 3);
  await until('the first to be deleted', () => backups().length === 2);
  expect(backups()).toEqual(['chatserv-20260102T000000Z.db', 'chatserv-20260103T000000Z.db']);
  expect(count(server, 'backup')).toBe(3);
  expect(server.failures).toEqual([]);
});

test('a restart makes no backup early, and other files stay', async () => {
  mkdirSync(join(folder, 'backups'));
  writeFileSync(join(folder, 'backups', 'chatserv-20251231T180000Z.db'), '');
  writeFileSync(join(folder, 'backups', 'notes.txt'), '');
  writeFileSync(join(folder, 'backups', '.chatserv-half.part'), '');
  await using server = await start({ keep: 1 });
  server.clock.advance(18 * 3600 - 1);
  expect(backups()).toEqual(['chatserv-20251231T180000Z.db', 'notes.txt']);
  server.clock.advance(1);
  await sees(server, 'backup');
  await until('the first to be deleted', () => backups().length === 2);
  expect(backups()).toEqual(['chatserv-20260101T180000Z.db', 'notes.txt']);
});

test('everything that was answered sent: is in a backup that is restored', async () => {
  const sent: string[] = [];
  {
    await using server = await start({ every: '1h' });
    await server.registers('bob');
    const alice = await server.joins('alice');
    for (let i = 0; i < 50; i++) {
      expect(await alice.asks(`message bob ${i}`)).toBe('sent:');
      sent.push(String(i));
    }
    server.clock.advance(0);
    await sees(server, 'backup');
    await alice.says('message bob too late');
    await alice.sees('sent:');
  }
  const { restoreDatabase } = await import('../stores/sqlite/restore.ts');
  const [latest = ''] = backups();
  await restoreDatabase({ file: database(), backup: join(folder, 'backups', latest), busyTimeout: 1000 });
  await using server = await start();
  const bob = await server.returns('bob');
  for (const text of sent) await bob.hears('alice', text);
  await bob.seesNothing();
});

/** A store whose copies fail until told otherwise, and that claims a size. */
function broken(state: { fails: boolean; bytes: number }) {
  return definePlugin({
    name: 'broken-copies',
    summary: 'Copies nothing',
    provides: { backup: Backup, facts: StoreFacts },
    setup: () => ({
      provide: {
        backup: {
          async copyTo(file: string) {
            writeFileSync(file, 'a part');
            if (state.fails) throw new Error('the disk is broken');
          },
        },
        facts: { read: async () => ({ waiting: 0, requests: 0, batches: 0, bytes: state.bytes }) },
      },
    }),
  });
}

const withBroken = (state: { fails: boolean; bytes: number }, more: object = {}) =>
  start({}, { memory: true, sqlite: false, copies: broken(state), ...more });

test('a backup that fails is logged, leaves no file, and is tried again after ten minutes', async () => {
  const state = { fails: true, bytes: 0 };
  await using server = await withBroken(state);
  server.clock.advance(0);
  await sees(server, 'backup-failure');
  expect(backups()).toEqual([]);
  server.clock.advance(599);
  state.fails = false;
  server.clock.advance(1);
  await sees(server, 'backup');
  expect(count(server, 'backup-failure')).toBe(1);
  expect(backups()).toEqual(['chatserv-20260101T001000Z.db']);
});

test('a backup for which the disk has too little space is skipped', async () => {
  const state = { fails: false, bytes: 2 ** 50 };
  await using server = await withBroken(state);
  server.clock.advance(0);
  await sees(server, 'backup-skipped');
  expect(server.failures[0]?.text).toMatch(
    /^no backup was made: \S+ has \d+ MiB of free space, and 1073741824 MiB are/,
  );
  expect(backups()).toEqual([]);
  state.bytes = 0;
  server.clock.advance(600);
  await sees(server, 'backup');
});

test('health and metrics show when the latest was made, and health complains once it is late', async () => {
  const state = { fails: true, bytes: 0 };
  const http = { host: '127.0.0.1', port: 0 };
  await using server = await withBroken(state, { http, health: true, metrics: true });
  const where = `http://${server.listening.get('http')}`;
  const checked = async () => (await (await fetch(`${where}/health/ready`)).json()) as object;
  const metric = async () =>
    /^chatserv_backup_timestamp_seconds (\S+)$/m.exec(await (await fetch(`${where}/metrics`)).text())?.[1];
  expect(await checked()).toMatchObject({ ready: true, checks: { backups: 'well' } });
  expect(await metric()).toBeUndefined();
  server.clock.advance(2 * 86_400 + 1);
  await sees(server, 'backup-failure');
  expect(await checked()).toMatchObject({ ready: true, checks: { backups: 'there is none' } });
  state.fails = false;
  server.clock.advance(0);
  await sees(server, 'backup');
  expect(await checked()).toMatchObject({ checks: { backups: 'well' } });
  expect(await metric()).toBe(String(Date.UTC(2026, 0, 3, 0, 0, 1) / 1000));
  state.fails = true;
  server.clock.advance(2 * 86_400 + 600);
  expect(await checked()).toMatchObject({
    ready: true,
    checks: { backups: 'the latest is from 2026-01-03T00:00:01.000Z' },
  });
});

test('a server that stops during a backup leaves no part of it', async () => {
  const { promise: copying, resolve: begun } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const slow = definePlugin({
    name: 'slow-copies',
    summary: 'Copies until it is told to finish',
    provides: { backup: Backup },
    setup: () => ({
      provide: {
        backup: {
          async copyTo(file: string) {
            writeFileSync(file, 'a part');
            begun();
            await released;
          },
        },
      },
    }),
  });
  const server = await start({}, { memory: true, sqlite: false, slow });
  server.clock.advance(0);
  await copying;
  expect(backups()).toHaveLength(1);
  await server[Symbol.asyncDispose]();
  release();
  expect(backups()).toEqual([]);
  expect(server.failures).toEqual([]);
});
