import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shown } from './safe.ts';
import { View } from './view.ts';
import { widthOf, wrapped } from './width.ts';

describe('text from others', () => {
  test('cannot control the terminal or reverse the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(shown(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test.each([
    ['\u001b]0;title\u0007', '<1b>]0;title<07>'],
    ['a\tb', 'a    b'],
    ['\u202eabc', '<202e>abc'],
    ['שלום, नमस्ते, 👩‍👩‍👧', 'שלום, नमस्ते, 👩‍👩‍👧'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u{e0041}', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 <e0041>'],
    ['\ud800x', '<d800>x'],
  ])('%j is shown as %j', (text, safe) => {
    expect(shown(text)).toBe(safe);
  });
});

describe('lines', () => {
  test.each([
    ['one two three', 9, 0, 2, ['one two', 'three']],
    ['one two three', 9, 6, 2, ['one', 'two', 'three']],
    ['abcdefghij', 4, 0, 1, ['abcd', 'efg', 'hij']],
    ['漢字漢字', 5, 0, 0, ['漢字', '漢字']],
    ['a  b', 10, 0, 0, ['a  b']],
    ['', 10, 0, 0, ['']],
  ])('%j in %i columns', (text, columns, first, indent, lines) => {
    expect(wrapped(text, columns, first, indent)).toEqual(lines);
  });

  test('tell what somebody does, by name also of this user', () => {
    const view = new View(process.stdout, () => 80);
    const wave = { id: 1, text: 'waves', form: 'action' as const, time: new Date(), repeat: false, waited: false };
    const lines = (from: string, audience: 'room' | 'named', options = {}) =>
      view.message({ ...wave, from, audience, ...(audience === 'room' && { roomName: '#lab' }) }, 'alice', options);
    const shown = (text: string) => [expect.stringMatching(new RegExp(`^\\d\\d:\\d\\d ${text}$`))];
    expect(lines('bob', 'room').map(stripVTControlCharacters)).toEqual(shown('#lab \\* bob waves'));
    expect(lines('bob', 'named').map(stripVTControlCharacters)).toEqual(shown('→ you \\* bob waves'));
    expect(lines('alice', 'room', { isAtHome: true, origin: 'here' }).map(stripVTControlCharacters)).toEqual(
      shown('\\* alice waves'),
    );
  });

  test('are never wider than the terminal', () => {
    const words = fc.array(fc.oneof(fc.constantFrom('漢字', 'e\u0301', '👩‍👩‍👧', ' ', 'word'), fc.string()));
    fc.assert(
      fc.property(words, fc.integer({ min: 24, max: 90 }), (parts, columns) => {
        const view = new View(process.stdout, () => columns);
        const message = {
          id: 1,
          from: 'bob',
          audience: 'named',
          time: new Date(),
          repeat: false,
          waited: false,
        } as const;
        for (const line of view.message({ ...message, text: parts.join('') }, 'alice')) {
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});

test('a message in a room names it before the sender', () => {
  const view = new View(process.stdout, () => 80);
  const [time, rest] = [new Date(), { id: 1, repeat: false, waited: false, audience: 'room', room: 7 } as const];
  const said = { ...rest, time, roomName: '#lab', text: 'hi' };
  expect(view.message({ ...said, from: 'bob' }, 'alice').at(-1)).toMatch(/^\d\d:\d\d #lab bob: hi$/);
  const answer = { ...said, from: 'bob', reply: 4, quote: 'carol: "tea?"' };
  expect(view.message(answer, 'alice').at(-1)).toMatch(/^\d\d:\d\d #lab bob: \(carol: "tea\?"\) hi$/);
  expect(view.message({ ...said, from: 'alice' }, 'alice').at(-1)).toMatch(
    /^\d\d:\d\d #lab you \(on another device\): hi$/,
  );
});

test('a name always has the same colour, and a date precedes the messages of another day', () => {
  const view = new View(process.stdout, () => 80);
  expect(view.name('Bob')).toBe(view.name('Bob'));
  const time = new Date(2020, 1, 29, 7, 5);
  const lines = view.message(
    { id: 1, from: 'bob', audience: 'everyone', text: 'hi', time, repeat: false, waited: true },
    'alice',
  );
  expect(lines[0]).toMatch(/^── Saturday,? 29 February 2020 ─+$/);
  expect(lines[1]).toBe('07:05 bob: hi');
});

describe('names', () => {
  /** The colours that xterm has for the codes of names, on a terminal with few colours. */
  const FEW: Readonly<Record<string, readonly number[]>> = {
    35: [205, 0, 205],
    91: [255, 0, 0],
    94: [92, 92, 255],
    95: [255, 0, 255],
  };
  const LEVELS = [0, 95, 135, 175, 215, 255];

  /** The colours of names, as red, green and blue. */
  function coloursOf(depth: number): (readonly number[])[] {
    const stream = Object.assign(new PassThrough(), { isTTY: true, getColorDepth: () => depth });
    const view = new View(stream as unknown as WriteStream, () => 80);
    return Array.from({ length: 500 }, (_, index) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what sets a colour
      const [, many, few = ''] = /\u001b\[(?:1;38;5;(\d+)|(\d+))m/.exec(view.name(`user${index}`)) ?? [];
      if (many === undefined) return FEW[few] ?? [];
      const inCube = Number(many) - 16;
      return [36, 6, 1].map((step) => LEVELS[Math.floor(inCube / step) % 6] ?? 0);
    });
  }

  /** The luminance of a colour, as WCAG defines it. */
  function luminance(colour: readonly number[]): number {
    const [red = 0, green = 0, blue = 0] = colour.map((level) => {
      return level <= 10 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  test.each([4, 8])('can be read on white and on black, with a colour depth of %i bits', (depth) => {
    const colours = coloursOf(depth);
    expect(new Set(colours.map(String)).size).toBeGreaterThan(3);
    for (const colour of colours) {
      expect(colour).toHaveLength(3);
      const light = luminance(colour) + 0.05;
      expect(Math.min(1.05 / light, light / 0.05)).toBeGreaterThan(3);
    }
  });
});
