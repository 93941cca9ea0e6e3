import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

const http = { host: '127.0.0.1', port: 0, proxies: ['127.0.0.2'] };

async function ask(server: TestServer, headers: Record<string, string> = {}) {
  const response = await fetch(`http://${server.listening.get('http')}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}

/** The numbers of a page, by name and labels. Whatever is not of the format fails. */
function read(page: string): Map<string, number> {
  const values = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of page.trimEnd().split('\n')) {
    const [, name, type] = line.match(/^# TYPE ([a-z][a-z0-9_]*) (counter|gauge|histogram)$/) ?? [];
    if (name !== undefined && type !== undefined) types.set(name, type);
    if (line.startsWith('#')) {
      expect(line).toMatch(/^# (HELP [a-z0-9_]+ \S.*[^.]|TYPE .*)$/);
      continue;
    }
    const [, key = '', of = '', value = ''] =
      line.match(/^(([a-z][a-z0-9_]*)(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})?) ([0-9.e+-]+)$/) ?? [];
    expect(key, line).not.toBe('');
    expect(types.has(of) || types.get(of.replace(/_(bucket|sum|count)$/, '')) === 'histogram', line).toBe(true);
    expect(values.has(key), line).toBe(false);
    values.set(key, Number(value));
  }
  return values;
}

test('the page counts what the server does, and names no user', async () => {
  const faulty = definePlugin({
    name: 'faulty',
    summary: 'Fails',
    setup: () => ({
      commands: [
        {
          name: 'fail',
          summary: 'Fails',
          run() {
            throw new Error('on purpose');
          },
        },
      ],
    }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-metrics-'));
  const sqlite = { file: join(folder, 'chat.db') };
  try {
    await using server = await startServer({ memory: false, sqlite, http, metrics: true, faulty });
    const [zoe, yves] = [await server.joins('zoe-1'), await server.joins('yves-2')];
    await zoe.says('message yves-2 one', 'fail', 'nonsense');
    await zoe.seesInOrder('sent:', 'error:internal:fail', 'error:command:nonsense');
    await yves.hears('zoe-1', 'one');
    // One live message a second is measured; the first may have come from the inbox.
    server.clock.advance(1);
    await zoe.says('broadcast two');
    await zoe.sees('sent:');
    await yves.hears('zoe-1', 'two');
    await yves.logsOut();
    const guesser = server.connect('a guesser');
    await guesser.says('yves-2', 'wrong');
    await guesser.seesInOrder('password', 'password');
    const { status, text } = await ask(server);
    expect(status).toBe(200);
    expect(text).not.toMatch(/zoe|yves|wrong|nonsense/);
    const values = read(text);
    expect(Object.fromEntries(values)).toMatchObject({
      chatserv_sessions: 2,
      chatserv_online: 1,
      'chatserv_events_total{event="connection"}': 3,
      'chatserv_events_total{event="registration"}': 2,
      'chatserv_events_total{event="login"}': 2,
      'chatserv_events_total{event="login-failure"}': 1,
      'chatserv_events_total{event="plugin-error"}': 1,
      chatserv_messages_total: 2,
      chatserv_deliveries_total: 2,
      chatserv_keeping_seconds_count: 2,
      'chatserv_keeping_seconds_bucket{le="+Inf"}': 2,
      'chatserv_plugin_calls_total{plugin="message",what="command message"}': 1,
      'chatserv_plugin_errors_total{plugin="faulty",what="command fail"}': 1,
      'chatserv_plugin_quarantined{plugin="faulty"}': 0,
    });
    for (const name of [
      'store_requests_total',
      'store_batches_total',
      'store_bytes',
      'received_bytes_total',
      'delivering_seconds_count',
    ]) {
      expect(values.get(`chatserv_${name}`), name).toBeGreaterThan(0);
    }
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds']) {
      expect(values.get(name), name).toBeGreaterThan(0);
    }
    // After a reload the plugin reports the same values.
    expect(values.get('process_start_time_seconds')).toBe(performance.timeOrigin / 1000);
    const buckets = [...values].filter(([key]) => key.startsWith('chatserv_keeping_seconds_bucket'));
    for (const [index, [, count]] of buckets.entries()) {
      expect(count).toBeGreaterThanOrEqual(buckets[index - 1]?.[1] ?? 0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('only who is listed may read it, and nobody through a proxy that is not known', async () => {
  await using server = await startServer({ http, metrics: true });
  expect((await ask(server)).status).toBe(200);
  for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
    expect(await ask(server, { [header]: '203.0.113.9' })).toMatchObject({
      status: 403,
      text: expect.stringContaining('proxies'),
    });
  }
  await using other = await startServer({ http, metrics: { networks: ['10.0.0.0/8'] } });
  expect(await ask(other)).toMatchObject({ status: 403, text: expect.stringContaining('networks') });
  await using behind = await startServer({ http: { ...http, proxies: ['127.0.0.1'] }, metrics: true });
  expect((await ask(behind, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
});
