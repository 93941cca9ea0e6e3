import { connect } from 'node:net';
import { Accounts, definePlugin, MessageLog } from 'chatserv';
import { type LineClient, startServer, type TestPlugins } from 'chatserv/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startConnected } from '../../test/support/connected-servers.ts';
import { Program } from '../../test/support/json-program.ts';
import { htmlOf } from './html.ts';

/** Starts a server with an HTTP port, with alice on two devices and bob; both are in #lab, which alice owns. */
async function start(plugins: TestPlugins = {}) {
  let log: MessageLog | undefined;
  let redact = async (_id: number): Promise<boolean> => false;
  let accounts: Accounts | undefined;
  const door = definePlugin({
    name: 'door',
    summary: 'Reaches the log and the accounts',
    needs: { accounts: Accounts, messageLog: MessageLog },
    setup(context) {
      log = context.messageLog;
      accounts = context.accounts;
      redact = (id) => context.server.redact(id, { id: 0, name: '*server*' });
    },
  });
  const all = {
    door,
    http: { port: 0 },
    rooms: { quietAbove: 0 },
    'single-session': false,
    timeouts: false,
    ...plugins,
  };
  const server = await startServer(all, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const bob = await server.joins('bob');
  await server.registers('alice');
  const phone = await Program.logsIn(server.connectJson(), 'alice', 'phone');
  const laptop = await Program.logsIn(server.connectJson(), 'alice', 'laptop');
  await phone.asks('create', { room: '#lab', access: 'private' });
  await phone.asks('invite', { room: '#lab', user: 'bob' });
  await bob.sees(/^\[.*You are invited/);
  expect(await bob.asks('join #lab')).toBe('joined:#lab');
  const origin = `http://${server.listening.get('http')}`;
  const found = { log: log as unknown as MessageLog, accounts: accounts as unknown as Accounts };
  return { server, bob, phone, laptop, origin, redact: (id: number) => redact(id), ...found };
}

/** Makes a link. @returns its path */
async function linkOf(client: LineClient | Program, command: string): Promise<string> {
  const [name = '', ...words] = command.split(' ');
  if ('client' in client) {
    const values =
      name === 'export-room' ? { room: words[0], format: words[1] ?? 'html' } : { format: words[0] ?? 'html' };
    return String((await client.asks(name, values)).link);
  }
  const answer = await client.asks(command);
  expect(answer).toMatch(/^link:\/export\/[\w-]{43}$/);
  return answer.slice('link:'.length);
}

/** The records of a download as JSON lines. */
async function recordsAt(address: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(address);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  const lines = (await response.text()).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ofType = (records: readonly Record<string, unknown>[], type: string) =>
  records.filter((record) => record.type === type);

describe('export-me', () => {
  test('downloads an account with its devices, settings, rooms and messages, on either device', async () => {
    const { server, bob, phone, laptop, origin } = await start();
    expect(await bob.asks('message #lab one')).toBe('sent:');
    await phone.asks('message', { to: ['bob'], text: 'two' });
    await phone.asks('broadcast', { text: 'three' });
    await phone.asks('notify', { place: '#lab', level: 'mentions' });
    await phone.asks('contact-policy', { policy: 'rooms' });
    const carol = await server.joins('carol');
    expect(await carol.asks('message bob not for alice')).toBe('sent:');
    for (const program of [phone, laptop]) {
      const records = await recordsAt(origin + (await linkOf(program, 'export-me jsonl')));
      expect(records[0]).toEqual({ type: 'export', version: 1, of: 'alice', time: '2026-01-01T00:00:00.000Z' });
      expect(records[1]).toMatchObject({
        type: 'account',
        name: 'alice',
        registered: '2026-01-01T00:00:00.000Z',
        roles: [],
        devices: expect.arrayContaining([expect.objectContaining({ name: 'phone' })]),
        settings: { 'notification-levels': { '#lab': 'mentions' }, 'contact-policy': 'rooms' },
      });
      expect(ofType(records, 'room')).toMatchObject([
        { kind: 'everyone' },
        { roomName: '#lab', role: 'owner' },
        { kind: 'direct', members: ['bob'] },
      ]);
      const texts = ofType(records, 'message').map(({ from, text }) => `${from}: ${text}`);
      expect(texts).toEqual([
        'alice: three',
        'bob: one',
        expect.stringMatching(/^alice: You are invited/),
        'alice: two',
      ]);
      expect(records.at(-1)).toEqual({ type: 'end', messages: 4 });
      expect(JSON.stringify(records)).not.toContain('not for alice');
    }
  });

  test('has what was said while the user was in a room, and nothing else', async () => {
    const { bob, phone, origin } = await start();
    await phone.asks('message', { to: ['#lab'], text: 'first' });
    await bob.sees(/first$/);
    expect(await bob.asks('leave #lab')).toBe('left:#lab');
    await phone.asks('message', { to: ['#lab'], text: 'while he is away' });
    const records = await recordsAt(origin + (await linkOf(bob, 'export-me jsonl')));
    expect(ofType(records, 'room')).toContainEqual({ type: 'room', room: 2, kind: 'room', roomName: '#lab' });
    expect(ofType(records, 'message').map(({ text }) => text)).toEqual(['first', expect.stringMatching(/^You are/)]);
  });

  test('is for registered users only', async () => {
    const { server } = await start({ guests: true });
    const guest = server.connect();
    await guest.says('zoe', 'n', 'y');
    await guest.seesInOrder('register', 'guest', 'welcome');
    expect(await guest.asks('export-me')).toBe('error:guest:export-me');
  });
});

describe('export-room', () => {
  test('has settings, members and messages as they are now', async () => {
    const { server, bob, phone, origin, redact } = await start();
    await phone.asks('topic', { room: '#lab', text: 'Tea at four' });
    await bob.sees(/topic/);
    const { id = 0 } = await phone.asks('message', { to: ['#lab'], text: 'a secret' });
    const kept = (await phone.asks('message', { to: ['#lab'], text: 'kpet' })).id ?? 0;
    await phone.asks('edit', { message: kept, text: 'kept' });
    await bob.sees(/secret$/);
    await bob.sees(/kpet$/);
    await bob.sees(/edited/);
    expect(await bob.asks(`reply ${kept} yes`)).toBe('sent:');
    expect(await redact(id)).toBe(true);
    const records = await recordsAt(origin + (await linkOf(phone, 'export-room #lab jsonl')));
    expect(records[0]).toMatchObject({ of: '#lab' });
    expect(records[1]).toMatchObject({ type: 'room', roomName: '#lab', topic: 'Tea at four', access: 'private' });
    expect(ofType(records, 'member')).toEqual([
      { type: 'member', name: 'bob', role: 'member' },
      { type: 'member', name: 'alice', role: 'owner' },
    ]);
    expect(ofType(records, 'message')).toMatchObject([
      { id, text: '', deleted: true },
      { id: kept, text: 'kept', changes: [{ kind: 'edit', from: 'alice', data: { text: 'kept' } }] },
      { text: 'yes', reply: kept },
    ]);
    expect(ofType(records, 'entry').map(({ line }) => line)).toContain(
      '#lab *server*: alice set the topic: Tea at four',
    );
    expect(JSON.stringify(records)).not.toContain('secret');
    const page = await (await fetch(origin + (await linkOf(phone, 'export-room #lab')))).text();
    expect(page).toContain('deleted message');
    expect(page).toContain(`<a href="#m${kept}">in reply to</a>`);
    expect(page).not.toContain('secret');
    expect(server.failures).toEqual([]);
  });

  test('is for owners, or for those with another role; a private room does not exist for others', async () => {
    const { server, bob, phone } = await start();
    const carol = await server.joins('carol');
    for (const room of ['#lab', '#nowhere']) {
      expect(await carol.asks(`export-room ${room}`)).toBe('error:no-room:export-room');
    }
    expect(await bob.asks('export-room #lab')).toBe('error:role:export-room');
    await phone.asks('room-access', { room: '#lab', access: 'public' });
    await bob.sees(/public$/);
    expect(await carol.asks('export-room #lab')).toBe('error:role:export-room');
    await server.reload({ exports: { role: 'member' } });
    expect(await bob.asks('export-room #lab')).toMatch(/^link:/);
    expect(await carol.asks('export-room #lab')).toBe('error:role:export-room');
  });

  test('is no longer possible for an owner who has lost the role since', async () => {
    const { bob, phone, origin } = await start();
    await phone.asks('room-role', { room: '#lab', user: 'bob', role: 'owner' });
    await bob.sees(/owner$/);
    const link = await linkOf(bob, 'export-room #lab');
    await phone.asks('room-role', { room: '#lab', user: 'bob', role: 'member' });
    expect((await fetch(origin + link)).status).toBe(404);
  });
});

describe('a link', () => {
  test('works once, and only for a while', async () => {
    const { server, bob, origin } = await start();
    const link = await linkOf(bob, 'export-me');
    expect((await fetch(origin + link, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(origin + link, { method: 'POST' })).status).toBe(405);
    expect((await fetch(origin + link)).status).toBe(200);
    expect((await fetch(origin + link)).status).toBe(404);
    expect((await fetch(`${origin}/export/`)).status).toBe(404);
    const late = await linkOf(bob, 'export-me');
    server.clock.advance(600_000);
    expect((await fetch(origin + late)).status).toBe(404);
  });

  test('ends when its user is signed out everywhere', async () => {
    const { bob, origin, accounts } = await start();
    const link = await linkOf(bob, 'export-me');
    await accounts.signOut((await accounts.find('bob'))?.id ?? 0);
    expect((await fetch(origin + link)).status).toBe(404);
  });

  test('works on every server of a chat, once on all of them', async () => {
    const more = { http: { port: 0 }, timeouts: false };
    await using both = await startConnected(more);
    const bob = await both.first.joins('bob');
    const addresses = [both.second, both.first].map((server) => `http://${server.listening.get('http')}`);
    const link = await linkOf(bob, 'export-me');
    const got = await Promise.all(addresses.map(async (origin) => (await fetch(origin + link)).status));
    expect(got.sort()).toEqual([200, 404]);
    const another = await linkOf(bob, 'export-me');
    const accounts = both.second.host.service(Accounts.service) as Accounts;
    await accounts.signOut((await accounts.find('bob'))?.id ?? 0);
    for (const origin of addresses) expect((await fetch(origin + another)).status).toBe(404);
  });

  test('outlives a reload of the plugin', async () => {
    const { server, bob, origin } = await start();
    const link = await linkOf(bob, 'export-me');
    await server.reload({ exports: { perDay: 2 } });
    expect((await fetch(origin + link)).status).toBe(200);
  });

  test('is made a few times a day', async () => {
    const { server, bob, phone } = await start({ exports: { perDay: 2, url: 'https://chat.example.org/chat' } });
    expect(await bob.asks('export-me')).toMatch(/^link:https:\/\/chat\.example\.org\/chat\/export\/[\w-]{43}$/);
    expect(await bob.asks('export-me jsonl')).toMatch(/^link:/);
    expect(await bob.asks('export-me')).toBe('error:too-many:export-me');
    expect(await bob.asks('export-me pdf')).toBe('error:args:export-me');
    expect(await phone.asks('export-me')).toMatchObject({ format: 'html', expires: '2026-01-01T00:10:00.000Z' });
    expect(server.limitHits).toEqual({ exports: 1 });
  });

  test('is refused without an HTTP port', async () => {
    await using server = await startServer();
    const bob = await server.joins('bob');
    expect(await bob.asks('export-me')).toBe('error:unsupported:export-me');
    expect(await bob.asks('export-room #lab')).toBe('error:no-room:export-room');
  });
});

describe('a download', () => {
  test('is a file that browsers do not keep, and a page that can load nothing', async () => {
    const { bob, origin } = await start();
    const { headers, body } = await fetch(origin + (await linkOf(bob, 'export-me')));
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="export.html"; filename*=UTF-8\'\'bob.html',
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; .*sandbox$/,
    );
    await body?.cancel();
  });

  test('shows hostile names, topics and texts as they are', async () => {
    const { server, phone, origin } = await start();
    const evil = `<script>alert(1)</script>&amp;"'\u2028<img src=x onerror=alert(1)>`;
    await phone.asks('message', { to: ['#lab'], text: evil });
    await phone.asks('topic', { room: '#lab', text: `</dd>${evil}` });
    const mallory = await server.joins(`mal<b>"'&`);
    await phone.asks('invite', { room: '#lab', user: `mal<b>"'&` });
    await mallory.sees(/invited/);
    expect(await mallory.asks('join #lab')).toBe('joined:#lab');
    expect(await mallory.asks('message #lab </article><b onclick=x>')).toBe('sent:');
    const html = await (await fetch(origin + (await linkOf(phone, 'export-room #lab')))).text();
    const tags = new Set(Array.from(html.matchAll(/<(\w+)/g), ([, tag]) => tag));
    for (const tag of ['script', 'img']) expect(tags).not.toContain(tag);
    expect(html).not.toMatch(/<[^>]*\bon\w+=/);
    expect(html).toContain(
      '&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&quot;&#39; &lt;img src=x onerror=alert(1)&gt;',
    );
    expect(html).toContain('<b dir="auto">mal&lt;b&gt;&quot;&#39;&amp;</b>');
  });

  test('has every message of a long room, each once and in order', async () => {
    const { phone, log, origin } = await start();
    const entry = { kind: 'message', version: 1, counts: true, sender: 2, from: 'alice', device: '', toSender: false };
    const room = 2;
    const texts = Array.from({ length: 1050 }, (_, i) => `message ${i}`);
    await log.append(texts.map((body) => ({ ...entry, body, to: { room }, time: 0 })));
    const records = await recordsAt(origin + (await linkOf(phone, 'export-room #lab jsonl')));
    expect(ofType(records, 'message').map(({ text }) => text)).toEqual(texts);
    expect(records.at(-1)).toEqual({ type: 'end', messages: 1050 });
  });

  test('ends when its client goes away, and reads no further', async () => {
    const { server, bob, phone, log, origin } = await start({ exports: { maxRunning: 1 } });
    const other = await linkOf(bob, 'export-me');
    expect(await bob.asks('leave #lab')).toBe('left:#lab');
    const entry = { kind: 'message', version: 1, counts: true, sender: 2, from: 'alice', device: '', toSender: false };
    const body = 'x'.repeat(20_000);
    for (let i = 0; i < 20; i++) {
      await log.append(Array.from({ length: 100 }, () => ({ ...entry, body, to: { room: 2 }, time: 0 })));
    }
    const reads = vi.spyOn(log, 'history');
    const link = await linkOf(phone, 'export-room #lab');
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${link} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    // It reads no more: the server waits. Meanwhile nobody else can download, and keeps the link.
    const busy = await fetch(origin + other);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '60']);
    expect(server.limitHits).toEqual({ 'exports-running': 1 });
    const before = reads.mock.calls.length;
    socket.destroy();
    await expect.poll(async () => (await fetch(origin + other)).status).toBe(200);
    expect(before).toBeLessThan(20);
    expect(server.failures).toEqual([]);
    expect((await fetch(origin + link)).status).toBe(404);
  });

  test('is cut when it takes too long', async () => {
    const { server, phone, log, origin } = await start();
    const entry = { kind: 'message', version: 1, counts: true, sender: 2, from: 'alice', device: '', toSender: false };
    const body = 'x'.repeat(20_000);
    await log.append(Array.from({ length: 2000 }, () => ({ ...entry, body, to: { room: 2 }, time: 0 })));
    const response = await fetch(origin + (await linkOf(phone, 'export-room #lab')));
    server.clock.advance(3_600_000);
    await expect(response.text()).rejects.toThrow();
    expect(server.limitHits).toEqual({ 'export-time': 1 });
  });
});

test('a record of each type has its place on the page', () => {
  const change = {
    kind: 'edit',
    id: 3,
    from: 'bob',
    time: '2026-01-01T00:01:00.000Z',
    data: { text: 'b' },
    line: 'bob edited',
  };
  const reaction = { ...change, kind: 'reaction', line: 'alice reacted +1' };
  const message = {
    type: 'message',
    id: 2,
    room: 2,
    seq: 1,
    from: 'bob',
    time: '2026-01-01T00:00:00.000Z',
    text: 'b',
  } as const;
  expect(htmlOf({ ...message, changes: [change, reaction] })).toBe(
    '<article id="m2"><b dir="auto">bob</b> <time datetime="2026-01-01T00:00:00.000Z">2026-01-01 00:00</time> <small>edited 2026-01-01 00:01</small><p dir="auto">b</p><div class="event" dir="auto">alice reacted +1 <time datetime="2026-01-01T00:01:00.000Z">2026-01-01 00:01</time></div></article>\n',
  );
  expect(htmlOf({ type: 'end', messages: 1 })).toContain('1 messages');
});
