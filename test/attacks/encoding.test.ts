import { describe, expect, test } from 'vitest';
import { Raw, startTarget, UNPACED } from '../support/attacker.ts';
import { PASSWORD } from '../support/program.ts';

/** What is not UTF-8, by why. */
const BROKEN: Readonly<Record<string, readonly number[]>> = {
  'a byte that continues nothing': [0x80],
  'a byte that is never used': [0xff],
  'a slash in two bytes': [0xc0, 0xaf],
  'a slash in three bytes': [0xe0, 0x80, 0xaf],
  'a slash in four bytes': [0xf0, 0x80, 0x80, 0xaf],
  'a line end in two bytes': [0xc0, 0x8a],
  'a NUL in two bytes': [0xc0, 0x80],
  'a surrogate': [0xed, 0xa0, 0x80],
  'a pair of surrogates': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  'past the last character': [0xf4, 0x90, 0x80, 0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'the beginning of a character': [0xf0, 0x9f, 0x98],
};

/** Sends every byte in a segment of its own, as far as the system lets it. */
async function dribbles(attacker: Raw, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    attacker.writes(Buffer.of(byte));
    await new Promise(setImmediate);
  }
}

describe('what is not UTF-8, split over segments', () => {
  test('is an error each, reaches nobody, and what is said between arrives whole', async () => {
    await using program = await startTarget({ limits: UNPACED });
    const bob = await program.joins('bob');
    await program.registers('mallory');
    const attacker = new Raw(program);
    attacker.writes(`mallory\n${PASSWORD}\n`);
    await attacker.sees(/welcome\n$/);
    for (const [why, bytes] of Object.entries(BROKEN)) {
      await dribbles(attacker, Buffer.concat([Buffer.from('message bob '), Buffer.from(bytes), Buffer.from('\n')]));
      await dribbles(attacker, Buffer.from(`message bob ${why}: ☃ \u{1f600}\n`));
      await bob.hears('mallory', `${why}: ☃ \u{1f600}`);
    }
    const count = Object.keys(BROKEN).length;
    await attacker.sees(new RegExp(`welcome\n(error:line:encoding\nsent:\n){${count}}$`));
    await bob.seesNothing();
    await attacker.closes();
  });

  test('is a wrong user name and a wrong password before the login', async () => {
    await using program = await startTarget({ limits: { ...UNPACED, loginLines: 1000 } });
    await program.registers('mallory');
    const attacker = new Raw(program);
    for (const bytes of Object.values(BROKEN)) {
      await dribbles(attacker, Buffer.concat([Buffer.from('mallory'), Buffer.from(bytes), Buffer.from('\n')]));
    }
    expect(await attacker.sees(/(username\n){12}$/)).toBe('username\n'.repeat(Object.keys(BROKEN).length));
    attacker.writes('mallory\n');
    await attacker.sees(/password\n$/);
    await dribbles(attacker, Buffer.concat([Buffer.from(PASSWORD), Buffer.of(0xc0, 0x80, 0x0a)]));
    await attacker.sees(/password\npassword\n$/);
    attacker.writes(`${PASSWORD}\n`);
    await attacker.sees(/welcome\n$/);
    await attacker.closes();
  });
});
