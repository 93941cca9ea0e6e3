import { readFile } from 'node:fs/promises';
import { isName, nameKey, nameObjection, skeletons } from 'chatserv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSafeName } from '../../src/usernames/name.ts';

test.each([
  ...['alice', 'a', 'Zoë', 'o_o-x.y', 'x'.repeat(32), '<b>', "'--", '../../x', '$&', '%s', 'Ｔｏｍ', 'A\u030a'],
  ...['李小龍', '山田タロウ', '김철수', 'Иван', 'Ελένη', 'नेपाल', 'ไทย', 'Nguyễn', 'Tom山田', 'ᎠᎹ'],
  ...['שלום', 'שלום1', 'محمد٣', 'צ׳רלי', 'col·legi', 'タ・ロ'],
])('%s may be a name', (name) => {
  expect(nameObjection(name)).toBeUndefined();
});

const REFUSED = {
  empty: [''],
  'too-long': ['x'.repeat(33), 'ß'.repeat(17), '李'.repeat(33), 'x'.repeat(5000)],
  characters: [
    ...[' ', 'a b', 'a:b', 'a,b', '(a', 'a)', '[a', 'a]', '{a', 'a}', '#a', 'a*', 'a\tb', 'a\u0000', 'a\u00a0b'],
    ...['a：b', 'a\u200bb', 'a\u202eb', 'a\u200db', 'می\u200cخواهم', 'a\u00adb', 'a\u034fb', 'a\ufe0f', '\ud800'],
    ...['ﬁn', '①', '😀', 'a©', 'a§b', 'ᄀ', 'a\u0640', '\u0301a', 'a\u0301\u0301', 'a\u0316\u0317\u0318\u0319\u031a'],
    ...['a·b', 'a͵', 'a׳', 'a・b', '٣۳'],
  ],
  reserved: ['__proto__', 'constructor', 'toString', 'HASOWNPROPERTY', 'prototype', 'ｃonstructor'],
  address: ['192.0.2.7', '192.0.2.0/24', '１９２.0.2.7', '0.0.0.0'],
  direction: ['1שלום', 'אbc', 'aב', 'אب-', 'محمد٣3'],
  'mixed-scripts': ['аlice', 'alicе', 'Ивaн', 'αlpha', 'AᎠ', 'шлюзω'],
} as const;

describe.each(Object.entries(REFUSED))('%s', (objection, names) => {
  test.each(names)('%j', (name) => {
    expect(nameObjection(name)).toBe(objection);
    expect(isName(name)).toBe(false);
  });
});

test.each([
  ['Alice', 'aLICE'],
  ['ﬁn', 'fin'],
  ['Straße', 'STRASSE'],
  ['STRAẞE', 'straße'],
  ['Å', 'A\u030a'],
  ['ＡＢＣ', 'abc'],
  ['ΣΑΣ', 'σας'],
])('%s and %s are one user', (one, other) => {
  expect(nameKey(one)).toBe(nameKey(other));
});

test('alice and alicia are two', () => {
  expect(nameKey('alice')).not.toBe(nameKey('alicia'));
});

describe('names of any characters', () => {
  /** Any text, and text of characters that names are made of, which chance would seldom find. */
  const letters = 'aßẞſİıIlσςΣŉǰΐﬁＡＡ\u0301\u0307\u0345\u0130Ǆǅ李ぁアｱﾞ한אبم٣۳ᏸꭰЖж0O1|._-';
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 }),
  );
  const holds = (check: (name: string) => void) =>
    fc.assert(
      fc.property(name, (one) => void check(one)),
      { numRuns: 5000 },
    );

  test('a key is its own key', () => holds((name) => expect(nameKey(nameKey(name))).toBe(nameKey(name))));

  test('every character alone has a key that is its own', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      const key = nameKey(String.fromCodePoint(point));
      if (nameKey(key) !== key) throw new Error(`U+${point.toString(16)}`);
    }
  });

  test('the key of a name may be a name, and breaks no line', () =>
    holds((name) => {
      if (!isName(name)) return;
      expect(nameObjection(nameKey(name))).toBeUndefined();
      for (const form of [name, nameKey(name), name.normalize('NFKC'), name.normalize('NFD')]) {
        expect(isSafeName(form)).toBe(true);
        expect(form).not.toMatch(/[\s\p{C}\p{Z}:,()[\]{}#*]/u);
      }
    }));

  test('one user has one look: what has one key looks alike', () =>
    holds((name) => {
      const others = [name.toUpperCase(), name.toLowerCase(), nameKey(name)].filter((other) => isName(other));
      for (const other of others) {
        if (nameKey(other) !== nameKey(name)) continue;
        expect(skeletons(name).some((skeleton) => skeletons(other).includes(skeleton))).toBe(true);
      }
    }));
});

const alike = (one: string, other: string) => skeletons(one).some((skeleton) => skeletons(other).includes(skeleton));

test.each([
  ['alice', 'aIice'],
  ['alice', 'a1ice'],
  ['ALICE', 'AL1CE'],
  ['BOB', 'B0B'],
  ['bob', 'ВОВ'],
  ['scope', 'ѕсоре'],
  ['modern', 'modem'],
  ['Ω', 'Ω'],
  ['ロ', '口'],
  ['peter', 'ƿeter'],
])('%s and %s look alike', (one, other) => {
  expect(alike(one, other)).toBe(true);
  expect(alike(other, one)).toBe(true);
});

test.each([
  ['alice', 'alicia'],
  ['user1', 'user2'],
  ['anna', 'onno'],
  ['山', '川'],
])('%s and %s do not', (one, other) => {
  expect(alike(one, other)).toBe(false);
});

test('the table of confusable characters has one prototype for each, and the Unicode version of Node', async () => {
  const table = await readFile(new URL('../../src/usernames/confusables.txt', import.meta.url), 'utf8');
  expect(table).toMatch(`# Unicode ${process.versions.unicode}.`);
  const rows = table
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const prototypes = new Set(rows.flatMap((row) => row.split(': ')[0]?.split(' ') ?? []));
  const characters = rows.flatMap((row) => row.split(': ')[1]?.split(' ') ?? []);
  expect(new Set(characters).size).toBe(characters.length);
  expect(characters.filter((character) => prototypes.has(character))).toEqual([]);
});
