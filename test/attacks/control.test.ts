import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { factsOf, growthDuring, startTarget } from '../support/attacker.ts';
import type { Program } from '../support/program.ts';

const open = ({ folder }: Program): Socket => connect(join(folder, 'data/chatserv.sock')).on('error', () => {});

test('a request without end over the control socket is closed, in less than 128 MB', async () => {
  await using program = await startTarget();
  const growth = await growthDuring(program, async () => {
    const socket = open(program);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const chunk = Buffer.alloc(65_536, 'x');
    let sent = 0;
    while (!socket.destroyed && sent < 4000) {
      sent++;
      if (socket.write(chunk)) continue;
      await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    }
    await closed;
    expect(sent).toBeLessThan(100);
  });
  expect(growth).toBeLessThan(128);
  expect((await factsOf(program)).state).toBe('serving');
});

test('a connection to the control socket is answered once, with a line end or without, and closed', async () => {
  await using program = await startTarget();
  for (const [said, answer] of [
    ['{"request":"facts"}\n', /"state":"serving"/],
    ['{"request":"facts"}', /"state":"serving"/],
    ['nonsense\n', /"errors"/],
    ['', /^$/],
  ] as const) {
    const socket = open(program);
    socket.end(said);
    expect(await text(socket)).toMatch(answer);
  }
});
