import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkValues, type ParamShapes, readLine, usageOf, writeLine } from '../../src/params/arguments.ts';

const word = fc.stringMatching(/^[^\s]{1,8}$/u);
const name = fc.stringMatching(/^[^\s()]{1,8}$/u);
const number = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

/** An argument that must be there, and a value that it can have. */
const argument = fc.oneof(
  fc.tuple(fc.constant({ kind: 'word', about: '' } as const), word),
  fc.tuple(fc.constant({ kind: 'user', about: '' } as const), word),
  fc.tuple(fc.constant({ kind: 'users', about: '' } as const), fc.array(name, { minLength: 1, maxLength: 4 })),
  fc.tuple(fc.constant({ kind: 'room', about: '' } as const), fc.stringMatching(/^#[a-z0-9-]{1,8}$/)),
  fc.tuple(
    fc.constant({ kind: 'place', about: '' } as const),
    fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 3 })),
  ),
  fc.tuple(fc.constant({ kind: 'message', about: '' } as const), fc.oneof(fc.integer({ min: 1 }), fc.constant('last'))),
  fc.tuple(fc.constant({ kind: 'integer', about: '' } as const), number),
  fc.tuple(
    fc.constant({ kind: 'number', about: '' } as const),
    number.map((one) => one / 64),
  ),
  fc.tuple(fc.constant({ kind: 'duration', about: '' } as const), fc.integer({ min: 1, max: 86_399_913_600 })),
  fc.tuple(fc.constant({ kind: 'choice', about: '', choices: ['yes', 'no'] } as const), fc.constantFrom('yes', 'no')),
);
const text = fc.tuple(
  fc.constant({ kind: 'text', about: '' } as const),
  fc.string({ minLength: 1 }).filter((one) => one.trim() !== ''),
);

/** Up to four arguments, perhaps the rest of the line after them, and their values. */
const declared = fc
  .tuple(fc.array(argument, { maxLength: 4 }), fc.option(text, { nil: undefined }))
  .map(([some, rest]) => {
    const named = [...some, ...(rest === undefined ? [] : [rest])].map((one, index) => [`p${index}`, ...one] as const);
    return {
      params: Object.fromEntries(named.map(([key, shape]) => [key, shape])) as ParamShapes,
      values: Object.fromEntries(named.map(([key, , value]) => [key, value])),
    };
  });

test('values written as a line are read as the same values', () => {
  fc.assert(
    fc.property(declared, ({ params, values }) => {
      expect(checkValues(params, values)).toEqual({ values });
      expect(readLine(params, writeLine(params, values))).toEqual({ values });
    }),
  );
});

test('any line and any values are read or refused with a sentence', () => {
  const any = fc.dictionary(fc.constantFrom('p0', 'p1', 'x', 'constructor'), fc.anything());
  fc.assert(
    fc.property(declared, fc.string({ unit: 'binary' }), any, ({ params }, line, values) => {
      for (const read of [readLine(params, line), checkValues(params, values)]) {
        if ('problem' in read) expect(read.problem).toMatch(/^\S.*\.$/s);
        else expect(Object.keys(read.values)).toEqual(Object.keys(params));
      }
      writeLine(params, values);
    }),
  );
});

test.each<[ParamShapes, string]>([
  [{}, 'x'],
  [{ minutes: { kind: 'number', about: '' } }, 'x <minutes>'],
  [{ muteTime: { kind: 'duration', about: '', optional: true } }, 'x [mute time]'],
  [{ vote: { kind: 'choice', about: '', choices: ['yes', 'no', 'perhaps'] } }, 'x <yes, no or perhaps>'],
  [{ target: { kind: 'word', about: '', label: 'user or address' } }, 'x <user or address>'],
  [
    { to: { kind: 'users', about: '' }, text: { kind: 'text', about: '' } },
    'x <user> <text>, or x (<user> <user> ...) <text>',
  ],
])('usage of %j is %j', (params, usage) => {
  expect(usageOf('x', params)).toBe(usage);
});
