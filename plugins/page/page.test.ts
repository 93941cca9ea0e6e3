import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { Accounts, Invitations, PageScripts } from 'chatserv';
import { startServer, type TestPlugins } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** A server with the page on an HTTP port, and what asks it. */
async function startPage(page: object = {}) {
  const plugins: TestPlugins = { http: { port: 0 }, websocket: true, page };
  const server = await startServer(plugins);
  const origin = `http://${server.listening.get('http')}`;
  return {
    origin,
    get: (path: string, init: RequestInit = {}) => fetch(origin + path, { redirect: 'manual', ...init }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('the page and all that it names is served, with its type and a policy', async () => {
  await using server = await startPage();
  const page = await server.get('/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const html = await page.text();
  const named = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(named.map((path) => path.replace(/.*\//, '')).sort()).toEqual(['icon.svg', 'main.js', 'page.css']);
  for (const path of named) {
    const asset = await server.get(`/${path}`);
    expect(asset.status, path).toBe(200);
    expect(asset.headers.get('content-type'), path).toMatch(
      path.endsWith('.js') ? /^text\/javascript;/ : path.endsWith('.css') ? /^text\/css;/ : /^image\/svg\+xml;/,
    );
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
    expect(asset.headers.get('cache-control')).toMatch(/immutable/);
  }
});

test('the policy lets the page load and reach its own host only, and make no markup of text', async () => {
  await using server = await startPage();
  const { headers } = await server.get('/');
  const policy = headers.get('content-security-policy')?.split('; ');
  expect(policy).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]),
  );
  expect(policy?.join()).not.toMatch(/unsafe|data:|\*|http/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('what a browser has is not sent again, and HEAD sends no body', async () => {
  await using server = await startPage();
  const first = await server.get('/');
  const etag = first.headers.get('etag') as string;
  for (const known of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
    const second = await server.get('/', { headers: { 'if-none-match': known } });
    expect(second.status).toBe(304);
    expect(second.headers.get('etag')).toBe(etag);
    expect(await second.text()).toBe('');
  }
  expect((await server.get('/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  const head = await server.get('/', { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
});

test('what is compressed is the same, and who does not take it compressed gets it plain', async () => {
  await using server = await startPage();
  const raw = async (encoding: string) => {
    const { promise, resolve } = Promise.withResolvers<{ encoding: string | undefined; body: Buffer }>();
    request(`${server.origin}/`, { headers: { 'accept-encoding': encoding } }, async (response) => {
      resolve({ encoding: response.headers['content-encoding'], body: await buffer(response) });
    }).end();
    return promise;
  };
  const [zipped, plain, refused] = [await raw('br, gzip'), await raw('identity'), await raw('gzip;q=0')];
  expect([zipped.encoding, plain.encoding, refused.encoding]).toEqual(['gzip', undefined, undefined]);
  expect(gunzipSync(zipped.body)).toEqual(plain.body);
});

test('nothing but its own files is there, and they can only be read', async () => {
  await using server = await startPage();
  for (const path of ['/index.ts', '/browser/main.ts', '/../package.json', '/%2e%2e/package.json', '/assets/', '/x']) {
    expect((await server.get(path)).status, path).toBe(404);
  }
  const posted = await server.get('/', { method: 'POST', body: 'x' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('title and welcome are text, whatever they contain', async () => {
  await using server = await startPage({ title: '</title><script>1&', welcome: '"><img src=x>' });
  const html = await (await server.get('/')).text();
  expect(html).toContain('<title>&lt;/title&gt;&lt;script&gt;1&amp;</title>');
  expect(html).toContain('data-welcome="&quot;&gt;&lt;img src=x&gt;"');
});

test('under another path it finds its files and its WebSocket from there', async () => {
  await using server = await startPage({ path: '/town/chat/' });
  expect((await server.get('/')).status).toBe(404);
  const moved = await server.get('/town/chat');
  expect([moved.status, moved.headers.get('location')]).toEqual([308, 'chat/']);
  const html = await (await server.get('/town/chat/')).text();
  expect(html).toContain('data-socket="../../ws"');
  const [, main] = /src="([^"]+main\.js)"/.exec(html) ?? [];
  expect((await server.get(`/town/chat/${main}`)).status).toBe(200);
});

test('what a browser has kept of the page is good for a page with another title', async () => {
  const folderOf = async (page: object) => {
    await using server = await startPage(page);
    return /assets\/[^/"]+/.exec(await (await server.get('/')).text())?.[0];
  };
  expect(await folderOf({ title: 'One' })).toBe(await folderOf({ title: 'Another' }));
});

test("plugins' scripts are among its files, until they are removed", async () => {
  const plugins: TestPlugins = { http: { port: 0 }, page: true };
  await using server = await startServer(plugins);
  const scripts = server.host.service(PageScripts.service) as PageScripts;
  const page = async () => (await fetch(`http://${server.listening.get('http')}/`)).text();
  const source = 'export default {};';
  const first = scripts.add('polls', source);
  const second = scripts.add('polls', source);
  // As after a reload: the one before goes, and the present one stays.
  first();
  const html = await page();
  expect(html).toContain('data-scripts="plugin-polls.js"');
  const [, assets] = /data-assets="([^"]+)"/.exec(html) ?? [];
  const script = await fetch(`http://${server.listening.get('http')}/${assets}/plugin-polls.js`);
  expect([await script.text(), script.headers.get('content-type')]).toEqual([source, 'text/javascript; charset=utf-8']);
  second();
  expect(await page()).toContain('data-scripts=""');
  expect(() => scripts.add('../x', source)).toThrow(TypeError);
});

test('no module of the page makes markup of text', () => {
  const folder = new URL('browser/', import.meta.url);
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.tsx?$/.test(name),
  );
  expect(modules).toContain('main.tsx');
  for (const name of modules) {
    const code = readFileSync(new URL(name, folder), 'utf8');
    expect(code, name).not.toMatch(
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|setHTML|\beval\b/i,
    );
    expect(code, name).not.toMatch(/createContextualFragment|setAttribute\('on|javascript:/i);
  }
  const html = readFileSync(new URL('page.html', folder), 'utf8');
  expect(html).not.toMatch(/\sstyle=|\son\w+=|<style|<script>/i);
});

test('whoever has a code learns who invites, and wrong codes are limited per network', async () => {
  const plugins = { http: { port: 0 }, page: { path: '/chat/' }, invitations: { wrongPerNetwork: 2 } };
  await using server = await startServer(plugins, { exempt: [] });
  await server.registers('mo');
  const accounts = server.host.service(Accounts.service) as Accounts;
  const mo = await accounts.find('mo');
  const invitations = server.host.service(Invitations.service) as Invitations;
  const { code } = await invitations.create({ by: mo, uses: 1, time: 60 });
  const asks = (body: string, method = 'POST') =>
    fetch(`http://${server.listening.get('http')}/chat/invitation`, { method, ...(method === 'POST' && { body }) });
  expect((await asks('', 'GET')).status).toBe(405);
  expect((await asks('x'.repeat(129))).status).toBe(413);
  expect(await (await asks(code)).json()).toEqual({ invitation: { from: 'mo', rooms: [] } });
  for (let i = 0; i < 2; i++) expect(await (await asks('00000-00000-00000')).json()).toEqual({ invitation: null });
  const late = await asks(code);
  expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1800']);
});
