import type { Random } from './random.ts';

/** What a target is given: bytes in the segments in which they arrive. */
export type Input = readonly Buffer[];

const LF = 0x0a;

/** Pieces that parsers trip over. */
const PIECES: readonly string[] = [
  ...['\n', '\r\n', '\r', '\t', ' ', '  ', '\0', '\x07', '\x1b[2J', '\x1b]0;x\x07', '\x7f', '\x9b31m', '\u0085'],
  ...['[', ']', '{', '}', '(', ')', ':', ',', '"', '\\', '#', '*', '&a', '*a', '<<: *a', '---', '- ', '? ', '!!js'],
  ...['__proto__', 'constructor', 'toString', 'prototype', 'null', 'true', '1e999', '-0', '1e400', '0x1F', '.inf', '~'],
  ...['\u{1f600}', 'ß', 'ﬀ', '：', 'İ', '\u202e', '\u2028', '\ufeff', 'e\u0301', '\ufdfa', '\\ud800', '\\u0000'],
];

/** Bytes that are not UTF-8: lone and overlong bytes, surrogates, past the last character, cut off. */
const BROKEN = [
  [0x80],
  [0xff],
  [0xc0, 0xaf],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
];

/** Cuts bytes into segments: often none, sometimes one a byte. */
export function segments(bytes: Buffer, random: Random): Buffer[] {
  if (random.oneIn(2)) return [bytes];
  const longest = random.pick([1, 2, 7, 64, 1000, 5000]);
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(longest);
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

/** Lines as bytes, each with an end, in segments. */
export function asInput(lines: readonly (string | Buffer)[], random: Random): Buffer[] {
  const ends = ['\n', '\n', '\n', '\r\n'];
  return segments(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from(random.pick(ends))])), random);
}

/** A piece that parsers trip over. */
export function oddPiece(random: Random): Buffer {
  return random.oneIn(6) ? Buffer.from(random.pick(BROKEN)) : Buffer.from(random.pick(PIECES));
}

/** How long inputs grow, in bytes; and one in so many, longer than any line may be. */
const LENGTH = { usual: 400, rare: 9000, rareIn: 50 };

/** Changes an input here and there. @param other whose lines may be put in */
export function mutated(input: Input, other: Input, random: Random): Buffer[] {
  let bytes: Buffer = Buffer.concat(input);
  for (let times = 1 + random.below(4); times > 0; times--) bytes = mutatedOnce(bytes, Buffer.concat(other), random);
  return segments(bytes.subarray(0, random.oneIn(LENGTH.rareIn) ? LENGTH.rare : LENGTH.usual), random);
}

function mutatedOnce(bytes: Buffer, other: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.pick([1, 4, 30])));
  const [before, within, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([before, Buffer.of(random.below(256)), bytes.subarray(Math.min(at + 1, bytes.length))]);
    case 1:
      return Buffer.concat([before, oddPiece(random), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([before, after]);
    case 3:
      return Buffer.concat([before, within, within, after]);
    case 4: {
      const times = random.pick([2, 3, 20, LENGTH.rare]);
      return Buffer.concat([
        before,
        ...new Array<Buffer>(times).fill(bytes.subarray(at, Math.min(end, at + 2))),
        after,
      ]);
    }
    case 5: {
      const lines = linesOf(other);
      return Buffer.concat([before, lines.length === 0 ? Buffer.alloc(0) : random.pick(lines), bytes.subarray(at)]);
    }
    default: {
      // Whole lines swapped, repeated or left out keep the rest of the structure as it is.
      const lines = linesOf(bytes);
      if (lines.length === 0) return bytes;
      const [one, two] = [random.below(lines.length), random.below(lines.length)];
      if (random.oneIn(3)) lines.splice(one, 1);
      else if (random.oneIn(2)) lines.splice(one, 0, lines[two] as Buffer);
      else [lines[one], lines[two]] = [lines[two] as Buffer, lines[one] as Buffer];
      return Buffer.concat(lines);
    }
  }
}

/** The lines of bytes, their ends with them. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LF, at);
    const next = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(at, next));
    at = next;
  }
  return lines;
}

/** What is smaller than an input in one way or another, for who looks for the smallest. */
export function* smaller(input: Input): Generator<Buffer[]> {
  const bytes = Buffer.concat(input);
  if (input.length > 1) yield [bytes];
  for (let size = bytes.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < bytes.length; at += size) {
      yield [Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)])];
    }
  }
  for (let i = 1; i < input.length; i++) {
    yield [...input.slice(0, i - 1), Buffer.concat(input.slice(i - 1, i + 1)), ...input.slice(i + 1)];
  }
}
