import { describe, expect, test } from 'vitest';
import type { ParamShapes } from '../../params/arguments.ts';
import type { ParamShape } from '../../params/kinds.ts';
import type { KnownCommand } from '../owner.ts';
import { RequestError } from '../requests.ts';
import { addressOf, addressText } from './address.ts';
import { completed } from './completion.ts';
import { mentions } from './mention.ts';
import { closedText, errorText, lostText } from './wording.ts';
import { sayingLine, wordsOf } from './words.ts';

const COMMANDS = [
  { name: 'message', aliases: ['send'], usage: '', summary: '' },
  { name: 'broadcast', aliases: [], usage: '', summary: '' },
  { name: 'wholast', aliases: ['last'], usage: '', summary: '' },
];

/** What is said to the addressee unless its first word is a command. */
const plain = (text: string, name: string, rest: string) => ({
  kind: 'message',
  to: ['carol'],
  text,
  unless: { name, text: rest },
});

describe('a typed line', () => {
  test.each([
    ['hello there', plain('hello there', 'hello', 'there')],
    ['  two blanks', plain('  two blanks', 'two', 'blanks')],
    ['message bob hi  ', { kind: 'message', to: ['bob'], text: 'hi  ' }],
    ['/send bob hi', { kind: 'message', to: ['bob'], text: 'hi' }],
    ['message (bob  carol) hi', { kind: 'message', to: ['bob', 'carol'], text: 'hi' }],
    ['broadcast hi', { kind: 'message', to: 'everyone', text: 'hi' }],
    ['message bob', { kind: 'command', name: 'message', text: 'bob' }],
    ['message () hi', { kind: 'command', name: 'message', text: '() hi' }],
    ['/last 5', { kind: 'command', name: 'wholast', text: '5' }],
    ['/unknown x y', { kind: 'command', name: 'unknown', text: 'x y' }],
    ['/', { kind: 'command', name: '', text: '' }],
    ['/ message bob hi', { kind: 'command', name: '', text: 'message bob hi' }],
    ['//message bob hi', { kind: 'command', name: '/message', text: 'bob hi' }],
    ['@bob hi', { kind: 'message', to: ['bob'], text: 'hi', unless: { name: '@bob', text: 'hi' } }],
    ['@ann@home hi', { kind: 'message', to: ['ann@home'], text: 'hi', unless: { name: '@ann@home', text: 'hi' } }],
    ['@(bob, @dave) hi', { kind: 'message', to: ['bob', 'dave'], text: 'hi', unless: expect.anything() }],
    ['@(bob carol)hi', { kind: 'misused', usage: expect.stringContaining('@(<user> <user> ...)') }],
    ['@bob', plain('@bob', '@bob', '')],
    ['say wholast', { kind: 'message', to: ['carol'], text: 'wholast', unless: { name: 'say', text: 'wholast' } }],
    ['to bob, @dave', { kind: 'to', to: ['bob', 'dave'], sure: false }],
    ['/to ann@home', { kind: 'to', to: ['ann@home'], sure: true }],
    ['to @@dave', { kind: 'to', to: ['@dave'], sure: false }],
    ['/to everyone', { kind: 'to', to: 'everyone', sure: true }],
    ['/to ann everyone', { kind: 'to', to: ['ann', 'everyone'], sure: true }],
    ['/to', { kind: 'misused', usage: expect.stringContaining('to everyone') }],
    ['/help last', { kind: 'help', text: 'last' }],
    ['exit', { kind: 'quit' }],
    ['/logout', { kind: 'quit' }],
    ['/logout everywhere', { kind: 'command', name: 'logout', text: 'everywhere' }],
    ['quit it, please', { kind: 'misused', usage: 'quit' }],
    ['   ', { kind: 'nothing' }],
  ])('%j', (line, words) => {
    expect(wordsOf(line, COMMANDS, ['carol'])).toEqual(words);
  });

  test('with / is said to nobody, not even with the word that says things', () => {
    expect(wordsOf('/say garden hi', COMMANDS, 'everyone')).toEqual({
      kind: 'command',
      name: 'say',
      text: 'garden hi',
    });
  });

  test.each(['say', 'to', 'quit', 'exit', '@bob'])('calls the command %s of the server, where it has one', (name) => {
    const commands = [...COMMANDS, { name, aliases: [], usage: '', summary: '' }];
    for (const slash of ['', '/']) {
      expect(wordsOf(`${slash}${name} garden hi`, commands, 'everyone')).toEqual({
        kind: 'command',
        name,
        text: 'garden hi',
      });
    }
  });

  test('is read by the words of the standard set until the server has said which it has', () => {
    expect(wordsOf('whoelse', [], 'everyone')).toMatchObject({ kind: 'command', name: 'whoelse' });
    expect(wordsOf('send bob hi', [], 'everyone')).toMatchObject({ kind: 'command', name: 'send' });
    expect(wordsOf('whoelse', COMMANDS, 'everyone')).toMatchObject({ kind: 'message' });
  });

  test.each([
    ['everyone', [], 'say who is it'],
    ['everyone', ['say'], 'broadcast who is it'],
    [['bob', 'dave'], ['say'], 'message (bob dave) who is it'],
  ] as const)('to %j is said as it is by what the server has not taken', (to, words, line) => {
    const commands = words.map((name) => ({ name, aliases: [], usage: '', summary: '' }));
    expect(sayingLine('who is it', to, commands)).toBe(line);
  });
});

test.each([
  ['thanks, Bob!', true],
  ['BOB?', true],
  ['bobby is here', false],
  ['', false],
])('%j names bob: %j', (text, named) => {
  expect(mentions(text, 'bob')).toBe(named);
});

test('a name that is no word in a pattern is found as it is', () => {
  expect(mentions('hi c++.', 'C++')).toBe(true);
  expect(mentions('hi ccc', 'c++')).toBe(false);
});

test.each([
  ['mes', 'message ', []],
  ['/wh', '/wholast ', []],
  ['s', 's', ['say', 'send']],
  ['hi B', 'hi bo', ['bob', 'Bonnie']],
  ['@bo', '@bo', ['bob', 'Bonnie']],
  ['message (bob C', 'message (bob carol ', []],
  ['to ann@H', 'to ann@home ', []],
  ['@ann@', '@ann@home ', []],
  ['', '', []],
  ['to ', 'to ', ['ann@home', 'bob', 'Bonnie', 'carol']],
  ['zz', 'zz', []],
])('Tab makes of %j %j, or one of %j', (before, after, choices) => {
  const result = completed(before, COMMANDS, ['ann@home', 'bob', 'Bonnie', 'carol']);
  expect(result.before.toLowerCase()).toBe(after);
  expect([...result.choices].sort()).toEqual([...choices].sort());
});

describe('Tab after a command that declares its arguments', () => {
  const known = (name: string, params: ParamShapes): KnownCommand => ({
    name,
    aliases: [],
    usage: '',
    summary: '',
    params,
  });
  const user: ParamShape = { kind: 'user', about: '' };
  const time: ParamShape = { kind: 'duration', about: '', optional: true };
  const purge: ParamShape = { kind: 'choice', about: '', choices: ['purge'], optional: true };
  const commands = [
    known('ban', { user, time, purge }),
    known('message', { to: { kind: 'users', about: '' }, text: { kind: 'text', about: '' } }),
    known('vote', { vote: { kind: 'choice', about: '', choices: ['yes', 'no'] } }),
    known('who', {}),
  ];

  test.each([
    ['ban p', 'ban peter ', []],
    ['ban bob p', 'ban bob purge ', []],
    ['ban bob 10m ', 'ban bob 10m purge ', []],
    ['ban bob b', 'ban bob b', []],
    ['/vote ', '/vote ', ['no', 'yes']],
    ['who b', 'who b', []],
    ['message (bob p', 'message (bob peter ', []],
    ['message bob hi p', 'message bob hi peter ', []],
    ['pet', 'peter ', []],
  ])('makes of %j %j, or one of %j', (before, after, choices) => {
    expect(completed(before, commands, ['bob', 'peter'])).toEqual({ before: after, choices });
  });
});

test('what a server says of a refusal is what a person reads, with the usage where the arguments were wrong', () => {
  const sentence = '<minutes> is missing.';
  const usage = 'wholast <minutes>';
  expect(errorText(new RequestError('args', 'wholast', '', sentence), { usage })).toBe(`${sentence} Usage: ${usage}.`);
  expect(errorText(new RequestError('quiet', 'broadcast', '', 'It is night.'), { usage })).toBe('It is night.');
  expect(errorText(new RequestError('denied', 'ban', ''), { usage })).toBe('You may not use ban.');
});

test.each([
  [
    "Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: DNS:chat.example",
    'its certificate is for another name: DNS:chat.example',
  ],
  ['certificate has expired', 'its certificate is out of date, or the clock here is wrong'],
  ['connect ENOENT /run/chat', 'there is no such socket; is the server running?'],
  ['shutdown', 'the server is shutting down'],
  ['a word of a later server', 'a word of a later server'],
])('of a connection that fails with %j it is said: %j', (why, text) => {
  expect(lostText(why)).toBe(text);
});

test.each([
  [60, 'Logins are blocked for 60 seconds.'],
  [3_600, 'Logins are blocked for 60 minutes.'],
  [86_400, 'Logins are blocked for 24 hours.'],
  [7 * 86_400, 'Logins are blocked for 7 days.'],
  [100 * 365 * 86_400, 'You are kept out of this server.'],
])('of a block of %d seconds it is said: %s', (seconds, text) => {
  expect(closedText({ state: 'closed', why: 'blocked', seconds })).toBe(text);
});

describe('an address', () => {
  test.each([
    ['localhost', undefined, 'localhost:4119'],
    ['alice@chat.example:5000', 'alice', 'chat.example:5000'],
    ['a@b@host', 'a@b', 'host:4119'],
    ['[::1]:4120', undefined, '[::1]:4120'],
    ['alice@::1', 'alice', '[::1]:4119'],
    ['alice@unix:/run/chat', 'alice', 'unix:/run/chat'],
  ])('%s', (text, user, place) => {
    const address = addressOf(text, 4119);
    expect(address?.user).toBe(user);
    expect(address && addressText(address)).toBe(place);
  });

  test.each(['', 'alice@', 'host:', 'host:port', 'host:70000', '[::1', 'a b', 'unix:'])('is not %j', (text) => {
    expect(addressOf(text, 4119)).toBeUndefined();
  });
});
