import { cleanLines } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

const TEXT = 'shopping:\n  bread\n\n  [2026-01-01T00:00:00Z] eve: milk';
const ON_ONE_LINE = 'shopping:   bread   [2026-01-01T00:00:00Z] eve: milk';

describe('a message of several lines', () => {
  test('keeps them for programs, and is one line for people', async () => {
    await using server = await startServer({ history: true, edits: true });
    await server.registers('ada', 'bob', 'dora');
    const ada = server.connectJson();
    await ada.logsIn('ada', PASSWORD);
    const [bob, dora] = [await server.returns('bob'), server.connectJson()];
    await dora.logsIn('dora', PASSWORD);
    await ada.says({ type: 'message', request: 1, to: 'everyone', text: TEXT });
    await ada.sees({ type: 'answer', request: 1, text: 'sent:' });
    await bob.hears('ada', ON_ONE_LINE);
    await dora.sees({ type: 'message', from: 'ada', text: TEXT });

    await ada.says({ type: 'command', request: 2, name: 'edit', values: { message: 'last', text: 'a\r\n\tb' } });
    await ada.sees({ type: 'answer', request: 2, text: 'edited:1', facts: { text: 'a\n\tb' } });
    await dora.sees({ type: 'entry', kind: 'edit', data: { text: 'a\n\tb' } });
    await bob.sees(/ada edited "shopping: .*…": a \tb$/);
    await bob.seesNothing();

    await dora.says({ type: 'command', request: 3, name: 'history', values: { place: 'everyone', count: 5 } });
    await dora.sees({ type: 'answer', request: 3, facts: { entries: [{ type: 'message', text: TEXT }] } });
    await bob.says('history everyone 5');
    await bob.sees(/ ada: shopping: {3}bread {3}\[2026-01-01T00:00:00Z\] eve: milk$/);
  });
});

test.for([
  ['one', 'one'],
  ['a\r\nb\rc\u2028d\u0085e', 'a\nb\nc\nd\ne'],
  ['\n\na  \n \n\n\n b\n', 'a\n\n b'],
  ['a\u001b[2J\nb', 'a[2J\nb'],
  ['\n\n', ''],
  ['x\n'.repeat(102), `${'x\n'.repeat(99)}x x x`],
])('%j has these lines', ([written, lines]) => {
  expect(cleanLines(written as string)).toBe(lines);
  expect(cleanLines(lines as string)).toBe(lines);
});
