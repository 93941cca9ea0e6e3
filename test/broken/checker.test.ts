import { expect, test } from 'vitest';
import { disorder, faults } from './checker.ts';

const sent = [
  { from: 'alice', to: ['bob', 'carol'], text: 'a1', answered: true },
  { from: 'alice', to: ['bob'], text: 'a2', answered: true },
  { from: 'alice', to: ['bob'], text: 'a3', answered: false },
];
const seen = (user: string, ...texts: string[]) => ({ user, texts, exactlyOnce: false });

test.each([
  ['all that was answered', [seen('bob', 'a1', 'a2'), seen('carol', 'a1')], []],
  ['what was not answered, too', [seen('bob', 'a1', 'a2', 'a3'), seen('carol', 'a1')], []],
  ['some again', [seen('bob', 'a1', 'a2', 'a1', 'a2'), seen('carol', 'a1')], []],
  [
    'some again, where that may not be',
    [{ ...seen('bob', 'a1', 'a1', 'a2'), exactlyOnce: true }],
    ["bob saw 'a1' twice"],
  ],
  ['a loss', [seen('bob', 'a1')], ["bob never saw 'a2', answered sent:"]],
  ['the wrong order', [seen('bob', 'a2', 'a1')], ["bob saw 'a1' after a later one of alice"]],
  ["another's message", [seen('carol', 'a1', 'a2')], ["carol saw 'a2', which was for others"]],
  ['an invention', [seen('carol', 'a1', 'x')], ["carol saw 'x', which nobody sent"]],
])('the checker judges %s', (_what, all, wrong) => {
  expect(faults(sent, all)).toEqual(wrong);
});

test('the checker finds where two saw different orders', () => {
  const [one, same, part] = [seen('bob', 'a1', 'a2', 'a3'), seen('carol', 'a1', 'a1', 'a2'), seen('dora', 'a3')];
  expect(disorder([one, same, part])).toEqual([]);
  expect(disorder([one, seen('carol', 'a2', 'x', 'a1')])).toEqual(["carol (1) saw 'a1' after 'a2', bob (0) before it"]);
});
