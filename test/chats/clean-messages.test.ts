import { definePlugin, EVERYONE, MessageLog, type NewEntry } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** A text that would show as two messages, the second forged, and would clear a terminal. */
const HOSTILE = 'a\n[2026-01-01T00:00:00Z] eve: b\u2028c\u0085d\u001b[2J\u009b2J';
/** On plain lines, and for programs. */
const CLEAN = 'a [2026-01-01T00:00:00Z] eve: b c d[2J2J';
const LINES = 'a\n[2026-01-01T00:00:00Z] eve: b\nc\nd[2J2J';

test('a text that a plugin rewrites, and a name that it posts under, are one line for everyone, now and later', async () => {
  const rewriter = definePlugin({
    name: 'rewriter',
    summary: 'Rewrites what is said',
    setup: ({ server }) => ({
      hooks: {
        onMessage(message) {
          message.text = HOSTILE;
          return undefined;
        },
      },
      commands: [
        {
          name: 'post',
          summary: 'Posts under a name with a line end in it',
          async run() {
            await server.post({ from: { id: 0, name: 'bot\n[x] eve' }, to: ['bob', 'cyd'], text: 'x' });
            return 'posted';
          },
        },
      ],
    }),
  });
  await using server = await startServer({ rewriter });
  await server.registers('cyd');
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  expect(await alice.asks('message (bob cyd) hello')).toBe('sent:');
  expect(await alice.asks('post')).toBe('posted');
  for (const client of [bob, await server.returns('cyd')]) {
    await client.hears('alice', CLEAN);
    await client.hears('bot [x] eve', CLEAN);
    await client.seesNothing();
  }
});

test('a stored message is one line for people, and clean for programs, with a valid time', async () => {
  const entry: NewEntry = {
    to: { room: EVERYONE },
    kind: 'message',
    version: 1,
    counts: true,
    sender: 0,
    from: 'x\r\ny',
    device: '',
    toSender: false,
    body: HOSTILE,
    time: 0,
  };
  const writer = definePlugin({
    name: 'writer',
    summary: 'Writes to the log without posting',
    needs: { messageLog: MessageLog },
    setup: ({ messageLog }) => ({
      commands: [
        {
          name: 'write',
          summary: 'Writes',
          async run() {
            for (const time of [-1, 9e15]) await messageLog.append([{ ...entry, time }]);
            return 'written';
          },
        },
      ],
    }),
  });
  await using server = await startServer({ writer });
  await server.registers('bob', 'cyd', 'dora');
  const alice = await server.joins('alice');
  await alice.says('write');
  await alice.sees(`[1970-01-01T00:00:00Z] x y: ${CLEAN}`);
  await alice.sees(`[9999-12-31T23:59:59Z] x y: ${CLEAN}`);
  await alice.sees('written');

  const bob = await server.returns('bob');
  await bob.sees(`[1970-01-01T00:00:00Z] x y: ${CLEAN}`);
  await bob.sees(`[9999-12-31T23:59:59Z] x y: ${CLEAN}`);
  await bob.seesNothing();

  const cyd = server.connectClassic();
  await cyd.logsIn('cyd', PASSWORD);
  await cyd.sees(`[01-01-70T00:00:00] x y: ${CLEAN}`);
  await cyd.sees(`[12-31-99T23:59:59] x y: ${CLEAN}`);
  await cyd.sees('DONE');

  const dora = server.connectJson();
  await dora.logsIn('dora', PASSWORD);
  const message = { type: 'message', from: 'x y', text: LINES };
  await dora.sees({ ...message, time: '1970-01-01T00:00:00.000Z' });
  await dora.sees({ ...message, time: '9999-12-31T23:59:59.999Z' });
  await dora.seesNothing();
});
