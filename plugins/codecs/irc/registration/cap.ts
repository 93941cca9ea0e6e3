import type { Client } from '../client.ts';
import type { Irc } from '../irc.ts';
import type { DraftMessage } from '../wire/message.ts';
import { CURRENT, isCapability, isCurrent, listed } from './capabilities.ts';

/** The longest list in a line, in bytes: the rest of it has the server's name and the nick. */
const LIST_LENGTH = 400;

/**
 * Answers a `CAP` (IRCv3 `capability-negotiation`), before the login or after it.
 * @param lines the answer is added to these
 */
export function cap(client: Client, params: readonly string[], lines: DraftMessage[]): void {
  const [subcommand = '', text = ''] = params;
  const answer = (...rest: string[]) => lines.push({ command: 'CAP', params: [client.nick, ...rest] });
  const list = (key: string, words: readonly string[]) => {
    const parts = isCurrent(client.capVersion) ? inParts(words) : [words.join(' ')];
    for (const [index, part] of parts.entries()) answer(key, ...(index === parts.length - 1 ? [] : ['*']), part);
  };
  const { registration } = client;
  switch (subcommand.toUpperCase()) {
    case 'LS': {
      const version = Number.parseInt(text, 10) || 0;
      if (registration !== undefined) registration.isNegotiating = true;
      if (isCurrent(version)) client.enable('cap-notify');
      client.capVersion = Math.max(client.capVersion, version);
      list('LS', listed(client.capVersion, client.irc));
      return;
    }
    case 'LIST':
      list('LIST', client.enabled);
      return;
    case 'REQ': {
      if (registration !== undefined) registration.isNegotiating = true;
      const wanted = text.split(' ').filter((word) => word !== '');
      const isKnown = wanted.every((word) => isCapability(nameIn(word)) && !isRequired(client, word));
      if (isKnown) for (const word of wanted) client.enable(nameIn(word), !word.startsWith('-'));
      answer(isKnown ? 'ACK' : 'NAK', text);
      return;
    }
    case 'END':
      if (registration !== undefined) registration.isNegotiating = false;
      return;
    default:
      lines.push(client.numericLine('ERR_INVALIDCAPCMD', [subcommand === '' ? '*' : subcommand]));
  }
}

/** Tells clients that are online which capabilities have another value than before, such as after a change of the config. */
export function tellCapabilities(irc: Irc): void {
  const now = listed(CURRENT, irc);
  const changed = now.filter((word) => !irc.announced.has(word));
  const isKnown = irc.announced.size > 0;
  irc.announced.clear();
  for (const word of now) irc.announced.add(word);
  if (!isKnown || changed.length === 0) return;
  for (const client of irc.clients.all()) {
    if (!client.has('cap-notify')) continue;
    const words = isCurrent(client.capVersion) ? changed : changed.map((word) => word.split('=', 1)[0]);
    client.sendText(client.text({ command: 'CAP', params: [client.nick, 'NEW', words.join(' ')] }));
  }
}

function nameIn(word: string): string {
  return word.replace(/^-/, '');
}

/** Whether it is a capability that the client cannot switch off. */
function isRequired({ capVersion }: Client, word: string): boolean {
  return word === '-cap-notify' && isCurrent(capVersion);
}

/** A list as lines that are not too long, at least one. */
function inParts(words: readonly string[]): string[] {
  const parts = [''];
  for (const word of words) {
    const last = parts.pop() ?? '';
    const longer = last === '' ? word : `${last} ${word}`;
    parts.push(...(longer.length > LIST_LENGTH ? [last, word] : [longer]));
  }
  return parts;
}
