import { describe, expect, test } from 'vitest';
import { Raw, startTarget, UNPACED } from '../support/attacker.ts';
import { PASSWORD, type Program } from '../support/program.ts';

/** C0 but LF, which ends a line, and TAB, which is let through; DEL; C1. */
const CONTROLS = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i)]
  .filter((code) => code !== 0x09 && code !== 0x0a)
  .map((code) => String.fromCharCode(code));

/** What terminals obey. */
const SEQUENCES = [
  '\x1b[2J',
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07',
  '\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\',
  '\x1b[6n',
  '\x1bP$q"p\x1b\\',
  '\x1bc',
  '\u009b2J',
  '\u009d0;title\u009c',
  'a\rsystem: all is well',
  'a\b\b\bb',
];

/** Each alone, within a word, and all at once. */
const ODD = [
  ...CONTROLS.flatMap((control) => [control, `a${control}b`]),
  ...SEQUENCES,
  [...CONTROLS, ...SEQUENCES].join(''),
];

/** @throws when bytes hold what a terminal would obey, beside the ends of lines */
function isClean(raw: Raw): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  expect(raw.said.match(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)).toBe(null);
}

async function enters(program: Program, first: string, welcome: RegExp): Promise<Raw> {
  const raw = new Raw(program);
  raw.writes(`${first}\n`);
  await raw.sees(welcome);
  return raw;
}

describe('every control character and escape sequence', () => {
  test(`in messages, and names they are for: of ${2 * ODD.length} none reaches a terminal, and all else of them arrives`, async () => {
    await using program = await startTarget({ limits: UNPACED });
    await program.registers('mallory', 'bob', 'carol', 'dave');
    const login = (name: string) => JSON.stringify({ type: 'login', name, password: PASSWORD });
    const bob = await enters(program, `bob\n${PASSWORD}`, /welcome\n$/);
    const carol = await enters(program, login('carol'), /"type":"unread"[^\n]*\n$/);
    const mallory = await enters(program, `mallory\n${PASSWORD}`, /welcome\n$/);
    const dave = await enters(program, login('dave'), /"type":"unread"[^\n]*\n$/);
    const request = (fields: object) => dave.writes(`${JSON.stringify(fields)}\n`);
    for (const odd of ODD) {
      mallory.writes(`broadcast <${odd}>\nmessage (bob ${odd} carol) <${odd}>\nmessage ${odd} hi\n`);
      request({ type: 'message', request: odd, to: 'everyone', text: `<${odd}>` });
      request({
        type: 'message',
        to: ['bob', 'carol', `x${odd}`],
        text: `<${odd}>\n[2026-01-01T00:00:00Z] bob: forged`,
      });
    }
    mallory.writes('message (bob carol dave) done\n');
    request({ type: 'message', to: ['bob', 'carol', 'mallory'], text: 'done' });
    for (const raw of [bob, carol, dave, mallory]) {
      await raw.sees(/mallory: done|"from":"mallory".*"text":"done"|dave: done/);
      await raw.sees(/(dave: done|"from":"dave".*"text":"done"|mallory".*"text":"done").*\n/);
      isClean(raw);
    }
    // What is no control character stays: each odd one arrives from both, to everyone and by name.
    expect(bob.said.match(/<.*>/g)?.length).toBeGreaterThan(3 * ODD.length);
    // Nothing that was said stands where a message begins.
    for (const line of bob.said.split('\n')) expect(line).not.toMatch(/^\[[^\]]*\] bob: forged/);
    for (const raw of [bob, carol, dave, mallory]) await raw.closes();
  });

  test('in the word of a command comes back cleaned, 32 characters of it', async () => {
    await using program = await startTarget({ limits: UNPACED });
    await program.registers('mallory');
    const mallory = await enters(program, `mallory\n${PASSWORD}`, /welcome\n$/);
    const before = mallory.said.length;
    for (const odd of ODD) mallory.writes(`no${odd.replaceAll(' ', '')}\n`);
    mallory.writes('done\n');
    await mallory.sees(/error:command:done\n$/);
    isClean(mallory);
    const answers = mallory.said.slice(before).split('\n').slice(0, -1);
    expect(answers).toHaveLength(ODD.length + 1);
    for (const answer of answers) expect(answer).toMatch(/^error:command:.{2,32}$/u);
    await mallory.closes();
  });

  test('in a user name that is to be registered is refused, also where it cannot be seen', async () => {
    await using program = await startTarget({ limits: { ...UNPACED, loginLines: 1000 } });
    const names = [...ODD, '\u200b', '\u202e', '\u2066', '\ufeff', '\u{e0041}', '\u2028'].map((odd) => `m${odd}x`);
    const mallory = new Raw(program);
    for (const name of names) mallory.writes(`${name}\n`);
    mallory.writes('fine\n');
    expect(await mallory.sees(/register\n$/)).toBe(`${'username\n'.repeat(names.length)}register\n`);
    await mallory.closes();
  });
});
