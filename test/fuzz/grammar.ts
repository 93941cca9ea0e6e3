import { PASSWORD } from 'chatserv/testing';
import { oddPiece } from './input.ts';
import type { Random } from './random.ts';

/** Users that the session's target knows, and names that nobody has, may have or can have. */
export const NAMES: readonly string[] = [
  ...[
    'alice',
    'bob',
    'ALICE',
    'zoë',
    'new',
    'newer',
    'straße',
    'ＡＬＩＣＥ',
    '\u{1f600}',
    'x'.repeat(32),
    'x'.repeat(33),
  ],
  ...['', 'a b', 'a:b', '[a]', '__proto__', 'constructor', 'hasOwnProperty', '\u202e', 'a\u200bb', '*server*', '{'],
];

export const SECRETS: readonly string[] = [
  PASSWORD,
  'password2',
  'short',
  'alice',
  '',
  'x'.repeat(257),
  ` ${PASSWORD} `,
];

const WORDS: readonly string[] = [
  ...['who', 'whoelse', 'wholast', 'last', 'broadcast', 'message', 'send', 'fetch', 'help', 'logout', 'kick', 'reload'],
  ...['WHO', '', ' ', 'nonsense', '[', 'constructor', '__proto__', 'toString', 'x'.repeat(40), '\u{1f600}'.repeat(20)],
];

/** What people write, and what they should not. */
export function text(random: Random): string {
  const parts = random.some(5, () =>
    random.oneIn(3)
      ? oddPiece(random).toString()
      : random.pick(['hello', ' ', '[2026-01-01T00:00:00Z] bob: hi', 'é', 'DONE']),
  );
  return parts.join('').replaceAll('\n', '');
}

/** A command as a person types it, right or wrong. */
export function command(random: Random): string {
  const word = random.pick(WORDS);
  switch (random.below(5)) {
    case 0:
      return word;
    case 1:
      return `${random.pick(['message', 'send'])} ${random.pick(NAMES)} ${text(random)}`;
    case 2:
      return `message (${random.some(5, () => random.pick(NAMES)).join(' ')}) ${text(random)}`;
    case 3:
      return `${random.pick(['wholast', 'last'])} ${random.pick(['0', '1', '1440', '1441', '-1', '1e3', '0.5', '0x10', 'x'])}`;
    default:
      return `${word} ${text(random)}`;
  }
}

/** A line of JSON: an event, right or nearly, or anything else that JSON can say or cannot. */
export function jsonLine(random: Random): string {
  if (random.oneIn(10))
    return random.pick(['{', '[]', 'null', '3', '"x"', '{"type":"login",}', '{}', '', '{"type":{}}']);
  if (random.oneIn(12)) {
    const depth = random.pick([10, 500, 2000]);
    return random.oneIn(2) ? '['.repeat(depth) : `{"type":"command","name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  }
  const members = jsonEvent(random).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (random.oneIn(5)) members.push(`"__proto__":${random.pick(['{"x":1}', 'null', '{"type":"login"}', '3'])}`);
  if (random.oneIn(5) && members.length > 0) members.push(random.pick(members));
  if (random.oneIn(6)) members.push(`"text":${random.pick(['"\\ud800"', '"\\u0000\\u001b[2J"', '"\\n[x"', '1e400'])}`);
  return `{${members.join(',')}}`;
}

/** The arguments of a command by name, right or wrong. */
function values(random: Random, to: unknown): unknown {
  const some: readonly [string, unknown][] = [
    ['text', text(random)],
    ['to', to],
    ['minutes', random.pick<unknown>([1, 1440, 0, 1e300, '1', null, {}, [[]]])],
    ['command', random.pick(WORDS)],
    ['everywhere', random.pick(['everywhere', 'here'])],
    [random.pick(NAMES), random.pick<unknown>([random.pick(NAMES), [], {}, true])],
  ];
  return random.pick<unknown>([{}, null, [], 'x', Object.fromEntries(random.some(3, () => random.pick(some)))]);
}

function jsonEvent(random: Random): [string, unknown][] {
  const name = random.pick(NAMES);
  const password = random.pick(SECRETS);
  const request = random.pick<unknown>([1, 'a', '', 'x'.repeat(64), 'x'.repeat(65), -1, 1.5, null, 2 ** 53, {}, true]);
  const [word = '', ...rest] = command(random).split(' ');
  const to = random.pick<unknown>([
    'everyone',
    ['bob'],
    random.some(4, () => random.pick(NAMES)),
    [],
    [1],
    null,
    'bob',
  ]);
  const event = random.pick<Record<string, unknown>>([
    { type: 'login', name, password },
    { type: 'register', name, password },
    { type: 'resume', token: random.pick(['', 'a.b.c', 'YWxpY2U.99999999999999.x', name]) },
    { type: 'answer', text: random.pick([name, password, 'y']) },
    { type: 'command', name: word, text: rest.join(' ') },
    { type: 'command', name: word },
    { type: 'command', name: word, values: values(random, to) },
    { type: 'message', to, text: text(random) },
    { type: 'acknowledge', id: random.pick<unknown>([0, 1, 2 ** 31, -1, 0.5, '1', null]) },
    { type: random.pick<unknown>(['dance', '', null, 1, '__proto__']) },
  ]);
  if (random.oneIn(2)) event.request = request;
  if (random.oneIn(6)) delete event[random.pick(Object.keys(event))];
  return Object.entries(event);
}
