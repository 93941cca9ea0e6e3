import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, unescapeText } from './text-escape.ts';

const text = fc.string({ unit: fc.constantFrom('\0', '\x1a', '0', '1', 'a', '\u{1F469}') });

test('any text is restored, and is stored without NUL', () => {
  fc.assert(
    fc.property(text, (one) => {
      expect(escapeText(one)).not.toContain('\0');
      expect(unescapeText(escapeText(one))).toBe(one);
    }),
  );
});

test('different texts stay different, and a text without control characters stays as it is', () => {
  fc.assert(fc.property(text, text, (one, other) => (escapeText(one) === escapeText(other)) === (one === other)));
  expect(escapeText('tea, 10 °C 👩')).toBe('tea, 10 °C 👩');
});
