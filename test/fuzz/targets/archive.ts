import { ok } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { cleanLines, withoutControls, writableTime } from '../../../src/api/message.ts';
import { type ArchiveLine, write } from '../../../src/cli/archive-lines.ts';
import { ArchiveReader } from '../../../src/cli/archive-reader.ts';
import { isRole } from '../../../src/services/roles.ts';
import { isSafeName } from '../../../src/usernames/name.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';

/** The longest message, in bytes. */
const MESSAGE = 300;

/** The types of lines in their order. */
const ORDER = ['archive', 'account', 'room', 'entry', 'key', 'stored'];

/**
 * Whatever the lines of an archive say: each is refused with a sentence, or an account that may be one, or an entry that
 * any client can be shown; and reads the same when it is written again. Those of an archive of version 1 make one of
 * today's that nothing is wrong with.
 */
export const archive: Target = {
  name: 'archive',
  code: /\/cli\/(archive-|version-1)[a-z0-9-]*\.ts$/,
  batch: 20,
  make,
  try(input) {
    const [reader, again] = [new ArchiveReader(MESSAGE), new ArchiveReader(MESSAGE)];
    const right: string[] = [];
    for (const text of Buffer.concat(input).toString().split('\n')) {
      const read = reader.read(text);
      if (typeof read === 'string') {
        ok(/^\S/.test(read) && read.length < 1000, `no sentence: ${read}`);
        continue;
      }
      right.push(text);
      for (const line of read.lines) isSound(line, again);
    }
    if (reader.plan !== undefined) isConverted(right, reader.plan);
  },
};

/** Without what JSON leaves out. */
function plain(lines: readonly ArchiveLine[]): unknown {
  return JSON.parse(JSON.stringify(lines));
}

function isSound(line: ArchiveLine, again: ArchiveReader): void {
  const second = again.read(write(line));
  ok(typeof second === 'object' && isDeepStrictEqual(plain(second.lines), plain([line])), `again: ${String(second)}`);
  if (line.type === 'account') ok(isSafeName(line.name) && line.roles.every(isRole));
  if (line.type !== 'entry') return;
  const { from, body, time } = line;
  ok(withoutControls(from) === from && cleanLines(body) === body && writableTime(time) === time, 'it is not clean');
  ok(Buffer.byteLength(body) <= MESSAGE);
}

/** Reads the lines of version 1 that are right once more, and holds what becomes of them to today's rules. */
function isConverted(texts: readonly string[], plan: NonNullable<ArchiveReader['plan']>): void {
  const converter = new ArchiveReader(MESSAGE, plan);
  const lines = texts.flatMap((text) => {
    const read = converter.read(text);
    ok(typeof read === 'object', `wrong when it is read again: ${String(read)}`);
    return read.lines;
  });
  const reader = new ArchiveReader(MESSAGE);
  for (const line of lines.toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))) isSound(line, reader);
}

const VALUES: readonly unknown[] = [
  ...[
    0,
    1,
    2,
    3,
    5,
    -1,
    0.5,
    2 ** 52,
    2 ** 53,
    1e308,
    253_402_300_800_000,
    null,
    true,
    '',
    'alice',
    'Alice',
    'a b',
    '*bot*',
  ],
  ...['a\nb', '\u2028', '\u001b[2J', 'x'.repeat(400), '__proto__', 'everyone', [], [1], [1, 9], ['admin'], ['a b'], {}],
];

function make(random: Random): Input {
  const lines: Record<string, unknown>[] = random.oneIn(2) ? linesOfVersion1(random) : linesOf(random);
  for (const line of lines) {
    if (random.oneIn(3)) line[random.pick(Object.keys(line))] = random.pick(VALUES);
  }
  const texts: (string | Buffer)[] = lines.map((line) => JSON.stringify(line));
  if (random.oneIn(4)) texts.splice(random.below(texts.length + 1), 0, oddPiece(random));
  return asInput(texts, random);
}

function linesOfVersion1(random: Random): Record<string, unknown>[] {
  const place = { created: 1, seen: 0, since: 0, cursor: random.below(3), handed: 0 };
  const crowd = Array.from({ length: 50 }, (_, i) => i + 1);
  return [
    { type: 'archive', version: 1, account: 50, message: 5 },
    ...random.some(4, () => ({
      type: 'account',
      id: 1 + random.below(5),
      name: `u${random.below(9)}`,
      hash: 'x',
      ...place,
    })),
    ...(random.oneIn(5)
      ? crowd.slice(5).map((id) => ({ type: 'account', id, name: `c${id}`, hash: '', ...place }))
      : []),
    ...random.some(5, () => ({
      ...{ type: 'message', id: 1 + random.below(5), sender: random.below(6), from: 'u1' },
      audience: random.pick<unknown>(['everyone', [1], [2, 3], crowd]),
      ...{ text: 'hi', time: 1, ...(random.oneIn(3) && { key: String(random.below(2)) }) },
    })),
  ];
}

function linesOf(random: Random): Record<string, unknown>[] {
  const device = { name: '', id: 0, handed: 0, seen: 0 };
  const room = { type: 'room', name: '', facts: {}, seq: 3, last: 9, memberships: [], spoke: [] };
  return [
    { type: 'archive', version: 2, account: 5, room: 5, entry: 9 },
    ...random.some(4, () => ({
      ...{ type: 'account', id: 1 + random.below(5), name: `u${random.below(9)}`, hash: 'x', created: 1, seen: 0 },
      ...{ since: 0, devices: [device], markers: [[1, 1]] },
    })),
    { ...room, id: 1, kind: 'everyone' },
    { ...room, id: 2, kind: 'direct', members: [1, 2], spoke: [1] },
    { ...room, id: 3, kind: 'room', name: 'lab', memberships: [{ account: 1, role: '', since: 1, until: 0 }] },
    ...random.some(5, () => ({
      ...{ type: 'entry', id: 1 + random.below(9), room: 1 + random.below(4), seq: random.below(4), previous: 0 },
      ...{ kind: 'message', version: 1, counts: true, sender: random.below(6), from: 'u1', device: '' },
      ...{ toSender: false, body: 'hi', time: 1, ...(random.oneIn(3) && { of: 1 }) },
    })),
    ...random.some(2, () => ({
      ...{ type: 'key', id: 1 + random.below(9), sender: random.below(6), key: String(random.below(2)) },
      ...{ unknown: [], time: 1 },
    })),
  ];
}
