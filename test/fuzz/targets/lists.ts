import { ok } from 'node:assert/strict';
import { userRows } from '../../../src/cli/user-rows.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';

/** Whatever a list of users holds: each line that is not blank is one row, or a fault, or the one that names columns. */
export const lists: Target = {
  name: 'lists',
  code: /\/cli\/user-rows\.ts$/,
  batch: 50,
  make,
  try(input) {
    const lines = Buffer.concat(input).toString().split('\n');
    const { rows } = userRows(lines.join('\n'));
    const wanted = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1]));
    const found = rows.map(({ line }) => line);
    ok(
      String(found) === String(wanted) || String(found) === String(wanted.slice(1)),
      `lines ${found} instead of ${wanted}`,
    );
    for (const row of rows) {
      if ('fault' in row) ok(row.fault.length > 0 && row.fault.length < 200, row.fault);
      else ok(!`${row.name}${row.secret}`.includes('\n'));
    }
  },
};

const FIELDS: readonly string[] = [
  ...[
    'ada',
    ' Bruno ',
    '"a,b"',
    '"a ""b"""',
    '"',
    '"open',
    'x"y',
    '"a"b',
    '',
    'a;b',
    'tea, at four',
    'name',
    'password',
  ],
  ...['User name', 'SHA-1', 'class', '\t', '0123456789abcdef0123456789abcdef01234567'],
];

function make(random: Random): Input {
  const separator = random.pick([',', ',', ';', '\t', ' , ']);
  const line = () => random.some(4, () => random.pick(FIELDS)).join(separator);
  return asInput(
    random.some(6, () => (random.oneIn(9) ? oddPiece(random) : line())),
    random,
  );
}
