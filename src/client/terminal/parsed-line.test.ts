import { describe, expect, test } from 'vitest';
import { parseLine, sayingLine } from './parsed-line.ts';

const COMMANDS = [
  { name: 'message', aliases: ['send'], usage: '', summary: '' },
  { name: 'broadcast', aliases: [], usage: '', summary: '' },
  { name: 'wholast', aliases: ['last'], usage: '', summary: '' },
];

/** A message to the addressee, unless its first word is a command. */
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
    ['/me waves', { kind: 'message', to: ['carol'], text: 'waves', form: 'action' }],
    ['me too', { kind: 'message', to: ['carol'], text: 'me too' }],
    ['/me', { kind: 'misused', usage: '/me <text>' }],
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
  ])('%j', (line, parsed) => {
    expect(parseLine(line, COMMANDS, ['carol'])).toEqual(parsed);
  });

  test('with / is never a message, not even with the command say', () => {
    expect(parseLine('/say garden hi', COMMANDS, 'everyone')).toEqual({
      kind: 'command',
      name: 'say',
      text: 'garden hi',
    });
  });

  test.each(['say', 'to', 'quit', 'exit', '@bob'])('calls the command %s of the server, if it has one', (name) => {
    const commands = [...COMMANDS, { name, aliases: [], usage: '', summary: '' }];
    for (const slash of ['', '/']) {
      expect(parseLine(`${slash}${name} garden hi`, commands, 'everyone')).toEqual({
        kind: 'command',
        name,
        text: 'garden hi',
      });
    }
  });

  test('is parsed with the standard commands until the server has listed its own', () => {
    expect(parseLine('whoelse', [], 'everyone')).toMatchObject({ kind: 'command', name: 'whoelse' });
    expect(parseLine('send bob hi', [], 'everyone')).toMatchObject({ kind: 'command', name: 'send' });
    expect(parseLine('whoelse', COMMANDS, 'everyone')).toMatchObject({ kind: 'message' });
  });

  test.each([
    ['everyone', [], 'say who is it'],
    ['everyone', ['say'], 'broadcast who is it'],
    [['bob', 'dave'], ['say'], 'message (bob dave) who is it'],
  ] as const)('to %j is sent as it is with a command that the server has not replaced', (to, words, line) => {
    const commands = words.map((name) => ({ name, aliases: [], usage: '', summary: '' }));
    expect(sayingLine('who is it', to, commands)).toBe(line);
  });
});
