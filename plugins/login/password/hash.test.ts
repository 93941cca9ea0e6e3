import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashSecret, isStale, preparedSecret, verifySecret } from './hash.ts';

const COST = { memory: 8192, passes: 1 };

test('a hash matches its secret only, and no two are equal', async () => {
  const [one, two] = await Promise.all([hashSecret('correct horse', COST), hashSecret('correct horse', COST)]);
  expect(one).not.toBe(two);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=8192,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await verifySecret('correct horse', one, COST)).toBe(true);
  expect(await verifySecret('correct horsf', one, COST)).toBe(false);
  expect(await verifySecret('', one, COST)).toBe(false);
});

test('a hash made by another program is understood', async () => {
  // Made with `echo -n password | argon2 somesalt -id -k 65536 -t 2 -p 1 -e` of the reference implementation.
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await verifySecret('password', hash, COST)).toBe(true);
  // With `-k 8192 -t 1 -p 4`.
  const parallel = '$argon2id$v=19$m=8192,t=1,p=4$c29tZXNhbHQ$Jj3E76XCzPuHA8DZe0H6MQkrQbmvUWct2uuPbr9LHtk';
  expect(await verifySecret('password', parallel, COST)).toBe(true);
  expect(await verifySecret('passwore', parallel, COST)).toBe(false);
});

test('a hash is stale if its cost differs from that of new ones', async () => {
  const hash = await hashSecret('x', COST);
  expect(isStale(hash, COST)).toBe(false);
  expect(isStale(hash, { ...COST, passes: 2 })).toBe(true);
  expect(isStale(hash, { ...COST, memory: 9000 })).toBe(true);
  expect(isStale(hash.replace('p=1', 'p=2'), COST)).toBe(true);
  expect(isStale(hash.replace('v=19', 'v=16'), COST)).toBe(true);
  expect(
    isStale(hash.replace(/\$[^$]+\$[^$]+$/, '$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'), COST),
  ).toBe(true);
});

test('all blanks are mapped to one, and characters are composed', () => {
  expect(preparedSecret('tea\u00a0at\u3000four')).toBe('tea at four');
  expect(preparedSecret('cafe\u0301 Tea')).toBe('caf\u00e9 Tea');
  expect(preparedSecret('ＴｅＡ')).toBe('ＴｅＡ');
});

test("the ancestor's SHA-1 is right for its secret, and stale", async () => {
  const hash = `$sha1$${createHash('sha1').update('pass').digest('hex')}`;
  expect(await verifySecret('pass', hash, COST)).toBe(true);
  expect(await verifySecret('Pass', hash, COST)).toBe(false);
  expect(isStale(hash, COST)).toBe(true);
});

test.each(['', 'x', '$argon2i$v=19$m=8192,t=1,p=1$c2FsdA$dGFn', '$sha1$00'])(
  '%j is right for nothing',
  async (hash) => {
    expect(await verifySecret('x', hash, COST)).toBe(false);
  },
);
