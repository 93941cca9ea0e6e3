import { nameKey } from 'chatserv';
import type { Call } from '../call.ts';
import { findPerson } from '../people/person.ts';

/** The modes that users set for themselves: invisible, a bot, and interested in what operators say. */
const OWN_MODES: ReadonlySet<string> = new Set(['i', 'B', 'w']);

/** The mode of operators, which users can only give up. */
const OPERATOR = 'o';

/** Shows or changes the modes of the client itself. */
export function userMode(call: Call): void {
  const { client, irc } = call;
  const [nick = '', letters] = call.params;
  if (nameKey(nick) !== nameKey(client.nick)) {
    if (findPerson(irc, nick) === undefined) call.numeric('ERR_NOSUCHNICK', [nick]);
    else call.numeric('ERR_USERSDONTMATCH');
  } else if (letters === undefined) call.numeric('RPL_UMODEIS', [`+${[...client.modes].sort().join('')}`]);
  else change(call, letters);
}

function change(call: Call, letters: string): void {
  const { client } = call;
  const changed: string[] = [];
  let isUnknown = false;
  let sign = '+';
  for (const letter of letters) {
    if (letter === '+' || letter === '-') sign = letter;
    else if (OWN_MODES.has(letter) || (letter === OPERATOR && sign === '-')) {
      if (client.modes.has(letter) === (sign === '+')) continue;
      if (sign === '+') client.modes.add(letter);
      else client.modes.delete(letter);
      if (letter === OPERATOR) client.operator = undefined;
      changed.push(`${sign}${letter}`);
    } else if (letter !== OPERATOR) isUnknown = true;
  }
  if (isUnknown) call.numeric('ERR_UMODEUNKNOWNFLAG');
  if (changed.length > 0) {
    call.line({ source: client.source, command: 'MODE', params: [client.nick, compact(changed)] });
  }
}

/** `+a`, `+b`, `-c` as `+ab-c`. */
function compact(changes: readonly string[]): string {
  return changes.map((change, at) => (changes[at - 1]?.[0] === change[0] ? change.slice(1) : change)).join('');
}
