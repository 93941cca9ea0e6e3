import { expect, test } from 'vitest';
import { inStyle } from './style.ts';

const line = (facts: object) => `${JSON.stringify({ level: 'info', time: '2026-11-24T10:20:30.000Z', ...facts })}\n`;

test('a line for people says what happened, and its facts after it', () => {
  const text = inStyle(line({ event: 'login', session: 7, account: 'alice', msg: 'logged in' }), 'plain');
  expect(text).toMatch(/^\d\d:\d\d:30 info {2}logged in session=7 account=alice\n$/);
});

test('no text of a client moves a cursor, turns text around, or passes for a line of the log', () => {
  const evil = 'a\u001b[2J\u009b1A\u202e\u2028\u200b\n12:00:00 info  logged in\r';
  const err = { stack: `Error: ${evil}\n    at x` };
  const text = inStyle(line({ msg: evil, reason: evil, to: [evil], err }), 'plain');
  expect(text).not.toMatch(/[^\P{C}\n]|\u2028/u);
  const [head = '', ...trace] = text.trimEnd().split('\n');
  expect(head).toContain('\\u{1b}[2J\\u{9b}1A\\u{202e}\\u{2028}\\u{200b}\\u{a}12:00:00');
  for (const one of trace) expect(one).toMatch(/^ {4}/);
});

test.each(['json', 'journal'] as const)('nor in lines of %s, whose facts stay what they are', (style) => {
  const facts = { msg: 'x', reason: 'a\u007f\u009b1A\u202e\u2066\u2028\u200b\u{e0041}ä\n' };
  const text = inStyle(line(facts), style);
  expect(text).toMatch(/^\P{C}+\n$/u);
  expect(JSON.parse(text.replace(/^<6>/, ''))).toMatchObject(facts);
});

test('the colour stands around words only', () => {
  const text = inStyle(line({ msg: 'logged in', account: 'a b' }), 'coloured');
  expect(text).toContain('\u001b[32minfo \u001b[39m logged in \u001b[90maccount=\u001b[39m"a b"\n');
});

test('the journal is told the priority', () => {
  const text = line({ level: 'warn', msg: 'x' });
  expect(inStyle(text, 'journal')).toBe(`<4>${text}`);
  expect(inStyle(text, 'json')).toBe(text);
});
