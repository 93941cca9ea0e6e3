import { describe, expect, test } from 'vitest';
import type { ParamShapes } from '../../params/arguments.ts';
import type { ParamShape } from '../../params/kinds.ts';
import type { KnownCommand } from '../owner.ts';
import { completed } from './completion.ts';

const COMMANDS = [
  { name: 'message', aliases: ['send'], usage: '', summary: '' },
  { name: 'broadcast', aliases: [], usage: '', summary: '' },
  { name: 'wholast', aliases: ['last'], usage: '', summary: '' },
];

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
])('Tab completes %j to %j, or one of %j', (before, after, choices) => {
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
    known('join', { room: { kind: 'room', about: '' } }),
    known('history', { place: { kind: 'place', about: '' } }),
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
    ['join #l', 'join #lab ', []],
    ['join ', 'join #', ['#lab', '#tea']],
    ['history b', 'history bob ', []],
    ['history #t', 'history #tea ', []],
    ['message #l', 'message #lab ', []],
    ['/win #l', '/win #lab ', []],
    ['see #l', 'see #lab ', []],
    ['message #lab ', 'message #lab ', ['bob', 'peter']],
  ])('completes %j to %j, or one of %j', (before, after, choices) => {
    expect(completed(before, commands, ['bob', 'peter'], ['#lab', '#tea'])).toEqual({ before: after, choices });
  });
});
