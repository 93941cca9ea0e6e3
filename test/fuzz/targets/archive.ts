import { ok } from 'node:assert/strict';
import { ArchiveReader, write } from '../../../src/cli/archive-lines.ts';
import { presentable } from '../../../src/kernel/message.ts';
import { isRole } from '../../../src/services/roles.ts';
import { isSafeName } from '../../../src/usernames/name.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';

/** The longest message, in bytes. */
const MESSAGE = 300;

/**
 * Whatever the lines of an archive say: each is refused with a sentence, or an account that may be one, or a message
 * that any client can be shown; and reads the same when it is written again.
 */
export const archive: Target = {
  name: 'archive',
  code: /\/cli\/archive-lines\.ts$/,
  batch: 20,
  make,
  try(input) {
    const [reader, again] = [new ArchiveReader(MESSAGE), new ArchiveReader(MESSAGE)];
    for (const text of Buffer.concat(input).toString().split('\n')) {
      const line = reader.read(text);
      if (typeof line === 'string') {
        ok(/^\S/.test(line) && line.length < 1000, `no sentence: ${line}`);
        continue;
      }
      const second = again.read(write(line));
      ok(JSON.stringify(second) === JSON.stringify(line), `read again it is ${JSON.stringify(second)}`);
      if (line.type === 'account') ok(isSafeName(line.name) && line.roles.every(isRole));
      if (line.type !== 'message') continue;
      const { id, sender, from: name, text: said, time } = line;
      const audience = { group: 'everyone' } as const;
      const message = { id, from: { id: sender, name }, audience, text: said, time, repeat: false };
      ok(presentable(message) === message, `it is no line: ${text}`);
      ok(Buffer.byteLength(said) <= MESSAGE);
    }
  },
};

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
  const place = { created: 1, seen: 0, since: 0, cursor: 0, handed: 0 };
  const lines: Record<string, unknown>[] = [
    { type: 'archive', version: 1, account: 5, message: 5 },
    ...random.some(4, () => ({
      type: 'account',
      id: 1 + random.below(5),
      name: `u${random.below(9)}`,
      hash: 'x',
      ...place,
    })),
    ...random.some(5, () => ({
      ...{ type: 'message', id: 1 + random.below(5), sender: random.below(6), from: 'u1', audience: 'everyone' },
      ...{ text: 'hi', time: 1, ...(random.oneIn(3) && { key: String(random.below(2)) }) },
    })),
  ];
  for (const line of lines) {
    if (random.oneIn(3)) line[random.pick(Object.keys(line))] = random.pick(VALUES);
  }
  const texts: (string | Buffer)[] = lines.map((line) => JSON.stringify(line));
  if (random.oneIn(4)) texts.splice(random.below(texts.length + 1), 0, oddPiece(random));
  return asInput(texts, random);
}
