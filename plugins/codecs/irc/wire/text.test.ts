import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCtcp, serializeCtcp } from './ctcp.ts';
import { formattingAsMarks, marksAsFormatting, stripFormatting } from './formatting.ts';
import { splitText } from './split.ts';

describe('a long text', () => {
  test.each<[string, number, string[]]>([
    ['', 10, ['']],
    ['tea', 10, ['tea']],
    ['tea at four', 8, ['tea at ', 'four']],
    ['tea at four', 6, ['tea ', 'at fou', 'r']],
    ['a bcdefghijk', 8, ['a bcdefg', 'hijk']],
    ['ééé', 4, ['éé', 'é']],
    ['ééé', 5, ['éé', 'é']],
    ['\u{1f375}\u{1f375}', 7, ['\u{1f375}', '\u{1f375}']],
    ['xe\u0301e\u0301', 6, ['xe\u0301', 'e\u0301']],
    ['xx\u{1f469}\u200d\u{1f52c}', 12, ['xx', '\u{1f469}\u200d\u{1f52c}']],
    ['a'.repeat(8), 4, ['aaaa', 'aaaa']],
  ])('%j is split for %i bytes', (text, bytes, parts) => {
    expect(splitText(text, bytes)).toEqual(parts);
  });

  test('is whole again when its parts are joined, and no part is too long or empty', () => {
    const unit = fc.constantFrom(' ', 'a', 'é', '\u0301', '\u200d', '\u{1f375}', '\u{1f469}\u200d\u{1f52c}');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), fc.integer({ min: 4, max: 80 }), (text, bytes) => {
        const parts = splitText(text, bytes);
        expect(parts.join('')).toBe(text);
        for (const part of parts) {
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(bytes);
          expect(part.isWellFormed()).toBe(true);
          expect(part !== '' || text === '').toBe(true);
        }
      }),
    );
  });
});

test.each([
  ['\u0001ACTION waves\u0001', 'ACTION', 'waves'],
  ['\u0001ACTION waves', 'ACTION', 'waves'],
  ['\u0001action\u0001', 'ACTION', ''],
  ['\u0001ACTION  two blanks \u0001', 'ACTION', ' two blanks '],
  ['\u0001PING 12 34\u0001', 'PING', '12 34'],
  ['\u0001\u0001', '', ''],
  ['\u0001', '', ''],
])('the text %j is CTCP %s', (text, command, rest) => {
  expect(parseCtcp(text)).toEqual({ command, text: rest });
});

test('other text is no CTCP', () => {
  expect(parseCtcp('')).toBeUndefined();
  expect(parseCtcp('ACTION waves\u0001')).toBeUndefined();
  expect(parseCtcp(serializeCtcp({ command: 'ACTION', text: 'waves' }))).toEqual({ command: 'ACTION', text: 'waves' });
  expect(serializeCtcp({ command: 'VERSION', text: '' })).toBe('\u0001VERSION\u0001');
});

test.each([
  ['plain \u0002bold\u0002 \u001ditalic\u001d \u001fline\u001f \u001estrike\u001e', 'plain bold italic line strike'],
  ['\u0011code\u0011 \u0016reverse\u0016\u000f', 'code reverse'],
  ['\u00034red\u0003 \u000304,12red on blue\u0003 \u0003012 o\u0003', 'red red on blue 2 o'],
  ['\u00034,x \u0003,5', ',x ,5'],
  ['\u0004ff0000red\u0004 \u0004FF0000,00ff00x\u0004 \u0004ff00 y', 'red x ff00 y'],
])('the formatting of %j is stripped', (text, plain) => {
  expect(stripFormatting(text)).toBe(plain);
});

test.each([
  ['\u0002bold\u0002 text', '**bold** text', '\u0002bold\u0002 text'],
  ['\u0002 bold \u0002', ' **bold** ', ' \u0002bold\u0002 '],
  ['\u0011code\u000f \u001dplain', '`code` plain', '\u0011code\u0011 plain'],
  ['\u0002\u0002 \u0002open', ' **open**', ' \u0002open\u0002'],
  ['\u0002a\u0011b\u0011c\u0002', '**a**`b`**c**', '\u0002a\u0002\u0011b\u0011\u0002c\u0002'],
])('the formatting of %j is shown in marks, and these as formatting', (text, marks, formatted) => {
  expect(formattingAsMarks(text)).toBe(marks);
  expect(marksAsFormatting(marks)).toBe(formatted);
});

test.each(['2 ** 3 ** 4', '**', '****', '** a **', '` `` `', '`**a**'])('%j is no mark that is shown', (text) => {
  expect(stripFormatting(marksAsFormatting(text)).replace(/[`*]/g, '')).toBe(text.replace(/[`*]/g, ''));
});
