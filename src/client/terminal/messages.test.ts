import { expect, test } from 'vitest';
import { RequestError } from '../requests.ts';
import { answerText, closedText, errorText, lostText } from './messages.ts';

test("a person reads the server's explanation of an error, with the usage if the arguments were wrong", () => {
  const sentence = '<minutes> is missing.';
  const usage = 'wholast <minutes>';
  expect(errorText(new RequestError('args', 'wholast', '', sentence), { usage })).toBe(`${sentence} Usage: /${usage}`);
  expect(errorText(new RequestError('quiet', 'broadcast', '', 'It is night.'), { usage })).toBe('It is night.');
  expect(errorText(new RequestError('denied', 'ban', ''), { usage })).toBe('You are not allowed to use /ban.');
});

test.each([
  [
    "Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: DNS:chat.example",
    'The certificate is for another name: DNS:chat.example.',
  ],
  ['certificate has expired', 'The certificate has expired, or the clock of this computer is wrong.'],
  ['connect ENOENT /run/chat', 'There is no such socket. Is the server running?'],
  ['shutdown', 'The server is shutting down.'],
  ['a word of a later server', 'The connection was lost (a word of a later server).'],
])('a connection that fails with %j reads %j', (why, text) => {
  expect(lostText(why)).toBe(text);
});

test.each([
  ['done:', 'done'],
  ['joined:#lab', 'joined: #lab'],
  ['topic:#lab at https://chat.example', 'topic: #lab at https://chat.example'],
  ['voted: pizza 1', 'voted: pizza 1'],
  ['ada:owner bruno:member', 'ada:owner bruno:member'],
])('the answer %j reads %j', (answer, text) => {
  expect(answerText(answer)).toBe(text);
});

test.each([
  [60, /^You cannot log in for 60 seconds: a moderator/],
  [3_600, /for 60 minutes:/],
  [86_400, /for 24 hours:/],
  [7 * 86_400, /for 7 days:/],
  [100 * 365 * 86_400, /^You are banned from this chat\.$/],
])('a block of %d seconds reads: %s', (seconds, text) => {
  expect(closedText({ state: 'closed', why: 'blocked', seconds })).toMatch(text);
});
