import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';
import { CHROMIUM, startBrowser } from '../support/visitor.ts';

/** Runs in the page. @returns what became of each try */
async function tries({ line, web, body }: { line: string; web: string; body: string }): Promise<string[]> {
  const sent = await fetch(`http://${line}/`, { method: 'POST', mode: 'no-cors', body }).then(
    () => 'answered',
    () => 'failed',
  );
  const page = await fetch(`http://${web}/health/live`).then(
    (response) => response.text(),
    () => 'failed',
  );
  const socket = new WebSocket(`ws://${web}/ws`);
  const opened = await new Promise<string>((resolve) => {
    socket.onopen = () => resolve('opened');
    socket.onerror = () => resolve('failed');
  });
  return [sent, page, opened];
}

describe.skipIf(CHROMIUM === undefined)('a page of another origin in a browser', { timeout: 120_000 }, () => {
  test('can neither post to the port for chat, nor read from that for HTTP, nor open a WebSocket', async () => {
    // A browser breaks off at the first answer: what takes no time is done by then.
    const openDoor = fileURLToPath(new URL('../support/open-door.ts', import.meta.url));
    await using program = await startProgram({ plugins: { [openDoor]: true } });
    const ada = await program.connect({ name: 'ada' });
    expect(await ada.asks('ada')).toBe('welcome');
    const [, web = ''] = await program.prints(/listens on http (\S+)/);
    const attacker = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>harmless</title>');
    }).listen(0, '127.0.0.1');
    await once(attacker, 'listening');
    await using browser = await startBrowser({}, [
      '--host-resolver-rules=MAP evil.example 127.0.0.1',
      // Other browsers have nothing like it.
      '--disable-features=LocalNetworkAccessChecks',
    ]);
    try {
      const page = await browser.newPage();
      await page.goto(`http://evil.example:${(attacker.address() as AddressInfo).port}/`);
      const body = 'web\nmessage ada from a web page\nlogout\n';
      const line = `${program.host}:${program.port}`;
      expect(await page.evaluate(tries, { line, web, body })).toEqual(['failed', 'failed', 'failed']);
      await ada.seesNothing();
      expect(await ada.asks('message web hi')).toBe('sent:web');
      // Its DNS changes: now it has the origin of the port itself.
      const rebound = await page.goto(`http://evil.example:${web.split(':').at(-1)}/`);
      expect(rebound?.status()).toBe(421);
      expect((await page.goto(`http://localhost:${web.split(':').at(-1)}/`))?.status()).toBe(200);
    } finally {
      attacker.close();
    }
  });
});
