import type { ReceivedEntry } from '../owner.ts';

/** A change of a message: an edit, a deletion or a reaction. */
export type MessageChange = Pick<ReceivedEntry, 'id' | 'kind' | 'from' | 'of' | 'data'>;

/** Whose message `last` means in a command about a message: the user's own, or someone else's. */
const LAST: Readonly<Record<string, 'own' | 'others'>> = {
  edit: 'own',
  delete: 'own',
  reply: 'others',
  react: 'others',
  unreact: 'others',
  reactions: 'others',
};

/** The arguments of a command about a message. */
export interface MessageCommand {
  /** Its id, or whose last message is meant. */
  readonly message: number | 'own' | 'others';
  /** What follows it: a text, a reaction. */
  readonly rest: string;
}

/** The message that a command is about; undefined if it is about none. @param text the rest of its line */
export function messageCommand(name: string, text: string): MessageCommand | undefined {
  const last = Object.hasOwn(LAST, name) ? LAST[name] : undefined;
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
  if (last === undefined) return undefined;
  if (word === 'last') return { message: last, rest };
  return /^\d+$/.test(word) ? { message: Number(word), rest } : undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  edit: 'edit',
  delete: 'redaction',
  react: 'reaction',
  unreact: 'reaction',
};

/** What an answered command has changed in a message, as others are told; undefined if it changes none. */
export function changeBy(
  me: string,
  command: string,
  { message, id = 0, text, emoji }: Readonly<Record<string, unknown>>,
): MessageChange | undefined {
  const kind = Object.hasOwn(KINDS, command) ? KINDS[command] : undefined;
  if (kind === undefined || typeof message !== 'number') return undefined;
  return { id: Number(id), kind, from: me, of: message, data: { text, emoji, on: command === 'react' } };
}
