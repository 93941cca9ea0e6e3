import { deepStrictEqual, doesNotMatch, ok } from 'node:assert/strict';
import { parseCtcp } from '../../../plugins/codecs/irc/wire/ctcp.ts';
import { stripFormatting } from '../../../plugins/codecs/irc/wire/formatting.ts';
import { fullMask, matchesMask } from '../../../plugins/codecs/irc/wire/mask.ts';
import { type IrcMessage, parseMessage, serializeMessage } from '../../../plugins/codecs/irc/wire/message.ts';
import { parseSource } from '../../../plugins/codecs/irc/wire/source.ts';
import { splitText } from '../../../plugins/codecs/irc/wire/split.ts';
import { Framer } from '../../../src/wire/framing.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';

/** The longest line with its tags, in bytes. */
const LINE = 8703;

/**
 * Whatever lines arrive: each has parts, or no command; and the parts make one line with the same parts again, but for
 * parameters that no line can hold.
 */
export const ircLines: Target = {
  name: 'irc-lines',
  code: /\/codecs\/irc\/wire\/[a-z]+\.ts$/,
  batch: 50,
  make,
  try(input) {
    const framer = new Framer(LINE);
    for (const segment of input) {
      framer.push(segment);
      for (let line = framer.next(); line !== undefined; line = framer.next()) {
        if ('text' in line) tryLine(line.text);
      }
    }
  },
};

function tryLine(text: string): void {
  const message = parseMessage(text);
  if (message === undefined) return;
  // The server writes commands and sources of its own.
  const draft = { ...message, command: 'PRIVMSG', source: 'alice' };
  deepStrictEqual(parseMessage(isLine(serializeMessage(draft))), sendable(draft));
  if (message.source !== undefined) parseSource(message.source);
  for (const param of message.params) {
    const [bytes, ctcp] = [4 + (text.length % 60), parseCtcp(param)];
    if (ctcp !== undefined) ok(param.includes(ctcp.text));
    const parts = splitText(stripFormatting(param), bytes);
    deepStrictEqual(parts.join(''), stripFormatting(param));
    for (const part of parts) ok(part.isWellFormed() && Buffer.byteLength(part) <= bytes, `too long: ${part}`);
    ok(matchesMask('*', param) && matchesMask(param, param), `the mask ${param} does not cover itself`);
    deepStrictEqual(fullMask(fullMask(param)), fullMask(param));
  }
}

function isLine(line: string): string {
  doesNotMatch(line, /[\r\n\0]/);
  return line;
}

/** The message as a line can hold it. */
function sendable({ tags, params, ...message }: IrcMessage): IrcMessage {
  const last = params.length - 1;
  return {
    ...message,
    tags: new Map([...tags].map(([key, value]) => [key, value.replaceAll('\0', '')])),
    params: params.map((param, index) => {
      const clean = param.replace(/[\r\n\0]/g, ' ');
      return index < last && clean.includes(' ') ? '*' : clean;
    }),
  };
}

const COMMANDS = ['PRIVMSG', 'notice', 'JOIN', 'MODE', 'TAGMSG', 'CAP', '433', 'x', '@', ':', '__proto__'];

const PARAMS: readonly string[] = [
  ...['#lab', 'bob', '*!*@*', 'a?*[', '+k', ':tea at four', ':', ': x ', 'e\u0301\u200d', '\u{1f375}'],
  ...['\x01ACTION waves\x01', ':\x01ACTION waves', '\x02b\x02', '\x0304,12x', '\x04ff0000y', 'a!b@c', 'ﬀ'],
];

const TAGS = ['a', '+b/c=d', 'time=12:30', 'x=\\:\\s\\\\', 'y=\\', 'a=', ';', '=', '+draft/reply=7', '__proto__=1'];

function make(random: Random): Input {
  const blank = () => ' '.repeat(1 + random.below(2));
  const line = () => {
    const tags = random.oneIn(3) ? `@${random.some(4, () => random.pick(TAGS)).join(';')}${blank()}` : '';
    const source = random.oneIn(3) ? `:${random.pick(['alice', 'alice!al@home', 'chat.example', ''])}${blank()}` : '';
    return `${tags}${source}${[random.pick(COMMANDS), ...random.some(5, () => random.pick(PARAMS))].join(blank())}`;
  };
  return asInput(
    random.some(6, () => (random.oneIn(9) ? oddPiece(random) : line())),
    random,
  );
}
