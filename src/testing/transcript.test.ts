import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playTranscript } from 'chatserv/testing';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'chatserv-transcript-'));
afterAll(() => rmSync(folder, { recursive: true }));

function play(lines: readonly string[]): Promise<void> {
  const file = join(folder, 'test.txt');
  writeFileSync(file, lines.join('\n'));
  return playTranscript(file);
}

const TWO = ['users: alice, bob', 'alice logs in', 'bob logs in'];
const PROGRAM = ['users: alice', 'alice logs in speaking json'];

test.each<[string, readonly string[], string]>([
  [
    'another line than the server sent',
    [...TWO, 'alice> who', 'alice< bob'],
    ':5: alice< bob\nexpected: bob\n    came: alice bob',
  ],
  [
    'another time than the message has',
    [...TWO, 'alice> message bob hi', 'alice< sent:', 'bob< [2026-01-01T00:00:01Z] alice: hi'],
    'expected: [2026-01-01T00:00:01Z] alice: hi\n    came: [2026-01-01T00:00:00Z] alice: hi',
  ],
  ['a blank too few', [...TWO, 'alice> who', 'alice< \\x20alice bob'], 'expected: \\x20alice bob\n    came: alice bob'],
  ['a line too few, at the end', [...TWO, 'alice> message bob hi', 'alice< sent:'], 'expected: nothing for bob\n'],
  ['a line too few, before nothing', [...TWO, 'alice> who', 'alice< nothing'], ':5: alice< nothing\n'],
  [
    'a line too few, before a client leaves',
    [...TWO, 'alice> who', 'alice disconnects'],
    'expected: nothing for alice\n',
  ],
  [
    'a line too few, before a round trip to a server that has closed',
    ['users: alice', 'alice logs in', 'clock: +1h', 'alice< nothing'],
    'expected: nothing for alice\n    came: timeout',
  ],
  [
    'another field than the event has',
    [...PROGRAM, 'alice> {"type":"command","name":"who"}', 'alice< {"type":"answer","facts":{"names":["bob"]}}'],
    'expected: {"type":"answer","facts":{"names":["bob"]}}',
  ],
  [
    'more of a list than the event has',
    [
      ...PROGRAM,
      'alice> {"type":"command","name":"who"}',
      'alice< {"type":"answer","facts":{"names":["alice","bob"]}}',
    ],
    'expected: {"type":"answer"',
  ],
  [
    'a placeholder with two values',
    [
      ...PROGRAM,
      'alice> {"type":"command","name":"who"}',
      'alice< {"type":"$one"}',
      'alice> {"type":"command","name":"dance"}',
      'alice< {"type":"$one"}',
    ],
    ':6: ',
  ],
  [
    'nothing for a client that is not logged in',
    ['bob connects', 'bob< nothing'],
    "bob must be logged in for 'nothing'",
  ],
  ['a client that has not connected', ['bob> who'], 'bob has not connected'],
  ['a client that is connected already', [...TWO, 'bob connects'], 'give the second client a name like bob/2'],
  ['config after the start', [...TWO, 'config: lockout = false'], 'The server is running already'],
  ['a line of no kind', [...TWO, 'alice dances'], ':4: alice dances\nThis is not a line of a transcript'],
])('a transcript fails with %s', async (_what, lines, message) => {
  await expect(play(lines)).rejects.toThrow(message);
});
