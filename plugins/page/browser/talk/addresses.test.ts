import { expect, test } from 'vitest';
import { understood } from '../model/commands.ts';
import { partsOf } from './addresses.ts';

test.for([
  ['see https://example.org/a.', ['https://example.org/a']],
  ['(https://example.org/a_(b)) and http://example.org', ['https://example.org/a_(b)', 'http://example.org']],
  ['https://example.org/?q=1&r=2!', ['https://example.org/?q=1&r=2']],
  ['HTTPS://EXAMPLE.ORG', ['HTTPS://EXAMPLE.ORG']],
  ['javascript:alert(1) data:text/html,x ftp://example.org file:///etc', []],
  ['http://user@example.org http://user:word@example.org', []],
  ['https:// http://', []],
  ['https://example.org/\u202egnp', []],
])('the web addresses of %j', ([text, addresses]) => {
  const parts = partsOf(text as string);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.filter(({ href }) => href !== undefined).map((part) => part.text)).toEqual(addresses);
});

test.for([
  ['hello', { kind: 'text', text: 'hello' }],
  ['//path', { kind: 'text', text: '/path' }],
  [' //path', { kind: 'text', text: '/path' }],
  ['a / b', { kind: 'text', text: 'a / b' }],
  // A line that starts with a slash is never a message, even if it is not a command.
  ['/ alone', { kind: 'command', name: '', rest: 'alone' }],
  ['/ message bob hi', { kind: 'command', name: '', rest: 'message bob hi' }],
  [' /message bob hi', { kind: 'message', to: ['bob'], text: 'hi' }],
  ['/message\tbob hi', { kind: 'message', to: ['bob'], text: 'hi' }],
  ['\u00a0/who', { kind: 'command', name: 'who', rest: '' }],
  ['/broadcast hi', { kind: 'message', to: 'everyone', text: 'hi' }],
  ['/who', { kind: 'command', name: 'who', rest: '' }],
  ['/wholast  5', { kind: 'command', name: 'wholast', rest: ' 5' }],
  ['/message bob  hi ', { kind: 'message', to: ['bob'], text: ' hi ' }],
  ['/send (bob carol) hi', { kind: 'message', to: ['bob', 'carol'], text: 'hi' }],
  ['/message bob', { kind: 'command', name: 'message', rest: 'bob' }],
  ['/me waves', { kind: 'text', text: 'waves', form: 'action' }],
  ['/me ', { kind: 'command', name: 'me', rest: '' }],
  ['me too', { kind: 'text', text: 'me too' }],
])('what %j means', ([line, meaning]) => {
  expect(understood(line as string)).toEqual(meaning);
});

test('the words of the server are what it says they are', () => {
  const commands = [{ name: 'send', aliases: ['s'], usage: 'send <file>', summary: '' }];
  expect(understood('/send bob hi', commands)).toEqual({ kind: 'command', name: 'send', rest: 'bob hi' });
  expect(understood('/s bob hi', commands)).toEqual({ kind: 'command', name: 's', rest: 'bob hi' });
});
