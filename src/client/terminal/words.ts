import type { KnownCommand } from '../owner.ts';

/** Whom a message is for. */
export type Addressee = 'everyone' | readonly string[];

/** What a typed line says. */
export type Words =
  | { readonly kind: 'nothing' | 'quit' }
  | { readonly kind: 'message'; readonly to: Addressee; readonly text: string }
  /** `sure`: with `/`, so that it is no plain talk. */
  | { readonly kind: 'to'; readonly to: Addressee; readonly sure: boolean }
  /** A command of the terminal that takes no arguments, with some. */
  | { readonly kind: 'misused'; readonly command: KnownCommand }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'command'; readonly name: string; readonly text: string };

/** The commands of the terminal itself. */
export const OWN_COMMANDS: readonly KnownCommand[] = [
  {
    name: 'to',
    aliases: [],
    usage: 'to everyone, or to <user> ...',
    summary: 'Sets whom plain talk is for',
  },
  { name: 'say', aliases: [], usage: 'say <text>', summary: 'Says what begins like a command' },
  { name: 'quit', aliases: ['exit'], usage: 'quit', summary: 'Leaves' },
];

/** The commands of the standard set, until the server has said which it has. */
const STANDARD: readonly KnownCommand[] = Object.entries({
  message: ['send'],
  broadcast: [],
  who: [],
  whoelse: [],
  wholast: ['last'],
  fetch: [],
  help: [],
  logout: [],
}).map(([name, aliases]) => ({ name, aliases, usage: name, summary: '' }));

/** The commands to go by: those of the server, or what it likely has. */
export function commandsOr(learned: readonly KnownCommand[]): readonly KnownCommand[] {
  return learned.length > 0 ? learned : STANDARD;
}

/** The command that a word calls. */
export function commandOf(word: string, commands: readonly KnownCommand[]): KnownCommand | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/**
 * What a line says. A command is a word that is one, with `/` before it or without; with `/` it is never plain talk.
 * All else is said to the addressee, or with `@name` to that one user.
 */
export function wordsOf(line: string, learned: readonly KnownCommand[], addressee: Addressee): Words {
  if (line.trim() === '') return { kind: 'nothing' };
  const [, at, whispered] = /^\s*@([^\s()]+) (.*\S.*)$/s.exec(line) ?? [];
  if (at !== undefined && whispered !== undefined) return { kind: 'message', to: [at], text: whispered };
  const [, slash, word = '', rest = ''] = /^\s*(\/?)(\S*) ?(.*)$/s.exec(line) ?? [];
  const known = commandOf(word, OWN_COMMANDS) ?? commandOf(word, commandsOr(learned));
  if (known === undefined && slash === '') return { kind: 'message', to: addressee, text: line };
  const name = known?.name ?? word;
  switch (name) {
    case 'to':
      return { kind: 'to', to: addresseeOf(rest), sure: slash !== '' };
    case 'say':
      return rest.trim() === '' ? { kind: 'nothing' } : { kind: 'message', to: addressee, text: rest };
    case 'quit':
    case 'logout':
      return known === undefined || rest.trim() === '' ? { kind: 'quit' } : { kind: 'misused', command: known };
    case 'help':
      return { kind: 'help', text: rest };
    default:
      return messageIn(name, rest) ?? { kind: 'command', name: known === undefined ? word : name, text: rest };
  }
}

/** The message that a command line sends: as one it can be sent again. Undefined where it is none, or wrong. */
export function messageIn(name: string, rest: string): Words | undefined {
  if (rest.trim() === '') return undefined;
  if (name === 'broadcast') return { kind: 'message', to: 'everyone', text: rest };
  if (name !== 'message') return undefined;
  const [, several, one, text = ''] = /^(?:\(([^()]*)\)|([^\s()]+)) (.*)$/s.exec(rest) ?? [];
  const to = one === undefined ? (several?.match(/\S+/g) ?? []) : [one];
  return to.length === 0 || text.trim() === '' ? undefined : { kind: 'message', to, text };
}

function addresseeOf(text: string): Addressee {
  const names: readonly string[] = text.match(/[^\s,()@]+/g) ?? [];
  return names.length === 0 || names.includes('everyone') ? 'everyone' : names;
}
