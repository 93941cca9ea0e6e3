import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Framer } from '../../src/wire/framing.ts';

/** All lines that come out when chunks go in. */
function linesOf(limit: number, ...chunks: readonly (string | Uint8Array)[]): unknown[] {
  const framer = new Framer(limit);
  const lines: unknown[] = [];
  for (const chunk of chunks) {
    framer.push(Buffer.from(chunk));
    for (let line = framer.next(); line !== undefined; line = framer.next()) {
      lines.push('text' in line ? line.text : line);
    }
  }
  return lines;
}

describe('lines', () => {
  test('end with LF or CRLF, and a CR elsewhere is a character of the line', () => {
    expect(linesOf(64, 'a\nb\r\nc\rd\n\n\r\ne\r\r\n')).toEqual(['a', 'b', 'c\rd', '', '', 'e\r']);
  });

  test('come out as soon as they are whole, and the last unfinished one never', () => {
    expect(linesOf(64, 'hel', 'lo', '\r', '\nwor')).toEqual(['hello']);
  });

  test('may be as long as the limit with their terminator, and no longer', () => {
    const longest = 'x'.repeat(63);
    expect(linesOf(64, `${longest}\n`)).toEqual([longest]);
    expect(linesOf(64, `${longest}\r\n`)).toEqual([{ fault: 'too-long' }]);
    expect(linesOf(64, `${longest}x\n`, 'next\n')).toEqual([{ fault: 'too-long' }, 'next']);
  });

  test('that are not UTF-8 are a fault of their own', () => {
    expect(linesOf(64, Uint8Array.of(0xc3, 0x28, 0x0a), 'ok\n')).toEqual([
      { fault: 'encoding', lossy: '\ufffd(' },
      'ok',
    ]);
    expect(linesOf(64, 'z\u{1f600}\n')).toEqual(['z\u{1f600}']);
  });
});

test('of a line that never ends nothing is kept', () => {
  const framer = new Framer(64);
  for (let i = 0; i < 1000; i++) {
    framer.push(Buffer.alloc(1000, 'x'));
    expect(framer.next()).toBeUndefined();
    expect(framer.waiting).toBeLessThan(64);
  }
  framer.push(Buffer.from('\nok\n'));
  expect(framer.next()).toEqual({ fault: 'too-long' });
  expect(framer.next()).toEqual({ text: 'ok' });
});

test('however the bytes are split, the same lines come out', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed() && !/[\r\n]/.test(text)),
    fc.constant('y'.repeat(100)),
  );
  const end = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end)), fc.array(fc.integer({ min: 1, max: 50 })), (lines, sizes) => {
      const bytes = Buffer.from(lines.flat().join(''));
      const expected = lines.map(([text, end]) => (Buffer.byteLength(text + end) > 64 ? { fault: 'too-long' } : text));
      const chunks: Buffer[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(linesOf(64, ...chunks)).toEqual(expected);
    }),
  );
});
