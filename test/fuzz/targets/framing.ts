import { deepStrictEqual, ok } from 'node:assert/strict';
import type { LineRead } from '../../../src/api/codec.ts';
import { Framer } from '../../../src/wire/framing.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';

const LIMIT = 64;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Whatever bytes come, in whatever segments: the lines are those that a plain reading of the protocol gives, and while
 * they are pulled as they come, less than a line's limit waits.
 */
export const framing: Target = {
  name: 'framing',
  code: /\/kernel\/framing\.ts$/,
  batch: 200,
  make,
  try(input) {
    const expected = plainly(Buffer.concat(input));
    const framer = new Framer(LIMIT);
    const lines: LineRead[] = [];
    for (const segment of input) {
      framer.push(segment);
      for (let line = framer.next(); line !== undefined; line = framer.next()) lines.push(line);
      ok(framer.waiting < LIMIT, `${framer.waiting} bytes wait`);
    }
    same(lines, expected);
    // Who pulls later finds the same lines.
    const late = new Framer(LIMIT);
    for (const segment of input) late.push(segment);
    same(
      expected.map(() => late.next()),
      expected,
    );
    ok(late.next() === undefined);
  },
};

function same(lines: readonly (LineRead | undefined)[], expected: readonly LineRead[]): void {
  const alike = lines.length === expected.length && expected.every((line, i) => asText(line) === asText(lines[i]));
  if (!alike) deepStrictEqual(lines, expected);
}

function asText(line: LineRead | undefined): string {
  return line === undefined ? 'none' : 'text' in line ? `text ${line.text}` : line.fault;
}

function make(random: Random): Input {
  const lines = random.some(12, () => {
    const size = random.pick([0, 1, 10, LIMIT - 2, LIMIT - 1, LIMIT, 200]);
    if (random.oneIn(3)) return Buffer.concat(random.some(8, () => oddPiece(random)));
    return random.pick(['x', 'é', '\u{1f600}', '\r']).repeat(size).slice(0, size);
  });
  return asInput(lines, random);
}

/** The lines of a byte stream as docs/protocol.md has them, with no thought of speed or memory. */
function plainly(bytes: Buffer): LineRead[] {
  const lines: LineRead[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf(LF, at);
    if (end < 0) return lines;
    const whole = bytes.subarray(at, end + 1);
    at = end + 1;
    const line = whole.at(-2) === CR ? whole.subarray(0, -2) : whole.subarray(0, -1);
    lines.push(whole.length > LIMIT ? { fault: 'too-long' } : decoded(line));
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(line: Buffer): LineRead {
  try {
    return { text: decoder.decode(line) };
  } catch {
    return { fault: 'encoding', lossy: line.toString('utf8') };
  }
}
