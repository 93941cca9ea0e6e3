import { type Account, type Audience, type Message, nameKey } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import type { Part } from '../messages/extras.ts';
import { nickOf } from '../names.ts';
import { serializeCtcp } from '../wire/ctcp.ts';
import { marksAsFormatting } from '../wire/formatting.ts';
import { type DraftMessage, LINE } from '../wire/message.ts';
import { splitText } from '../wire/split.ts';
import { type Has, tagsOf } from './tags.ts';

/** What a message says, live, echoed or from the history. */
export type Said = Pick<Message, 'id' | 'from' | 'kind' | 'text' | 'reply' | 'time'> & {
  /** Its lines, if there are several. */
  readonly lines?: readonly string[] | undefined;
  /** The tags of its client, where they are known. */
  readonly tags?: ReadonlyMap<string, string>;
  /** Its recipients, whose nicks take room in its lines. */
  readonly audience?: Audience | undefined;
};

/** Where everyone is addressed who has no channel for that. */
export const EVERY_CLIENT = '$*';

/** Who says what no account does. */
export const SERVER: Account = { id: 0, name: '*server*' };

/** Stands for the recipient's nick while a line is rendered for all recipients. No text contains it. */
export const RECIPIENT = '\x05';

/** The longest nick, in bytes: 32 characters. */
const NICK = 128;

/** The bytes of a line besides source, command, target and text: `:`, two blanks, ` :` and the end; and those of an action. */
const FRAME = 7;
const ACTION = 9;

/**
 * A message as lines to a target: one, or several if its text is long or has several lines. The first has the message's
 * id. They are a batch for clients that understand that.
 */
export function saidLines(irc: Irc, said: Said, target: string, has: Has): DraftMessage[] {
  const { id, from, kind, reply, time } = said;
  const isServer = from.id === SERVER.id && from.name === SERVER.name;
  const command = isServer || kind === 'notice' || target === EVERY_CLIENT ? 'NOTICE' : 'PRIVMSG';
  const source = isServer ? irc.options.name : sourceOf(irc, from);
  const extras = irc.extras.of(said);
  const facts = { id, time, account: from, reply, client: said.tags ?? extras?.tags };
  const targetLength = target === RECIPIENT ? longestNick(said) : Buffer.byteLength(target);
  const frame = FRAME + (kind === 'action' ? ACTION : 0);
  const room = LINE - frame - Buffer.byteLength(source) - command.length - targetLength;
  const parts = extras?.parts?.every(({ text }) => Buffer.byteLength(text) <= room)
    ? extras.parts
    : partsOf(said, room);
  const line = ({ text }: Part): Pick<DraftMessage, 'source' | 'command' | 'params'> => {
    return { source, command, params: [target, shown(irc, kind, text)] };
  };
  if (parts.length > 1 && has('draft/multiline') && has('batch')) {
    const batch = `m${id}`;
    const inBatch = parts.map((part) => {
      const tags = new Map([['batch', batch], ...(part.isContinued ? [[CONCAT, ''] as const] : [])]);
      return { ...line(part), tags };
    });
    const start = { tags: tagsOf(irc, has, facts), source, command: 'BATCH', params: [`+${batch}`, MULTILINE, target] };
    return [start, ...inBatch, { source, command: 'BATCH', params: [`-${batch}`] }];
  }
  const written = parts.length === 1 ? parts : parts.filter(({ text }) => text !== '');
  return written.map((part, index) => ({
    ...line(part),
    tags: tagsOf(irc, has, index === 0 ? facts : { ...facts, id: 0 }),
  }));
}

/** The type of batches of a message's lines. */
export const MULTILINE = 'draft/multiline';

/** The tag of a line that continues the one before. */
export const CONCAT = 'draft/multiline-concat';

/** How many bytes the nick takes to which a message is addressed: another device of the sender shows its partner's. */
function longestNick({ audience }: Said): number {
  if (audience === undefined || 'group' in audience || audience.accounts.length === 0) return NICK;
  return Math.max(...audience.accounts.map((account) => Buffer.byteLength(nickOf(account))));
}

function partsOf({ text, lines = [text] }: Said, room: number): readonly Part[] {
  return lines.flatMap((line) => splitText(line, room).map((part, index) => ({ text: part, isContinued: index > 0 })));
}

function shown({ options }: Irc, kind: string, text: string): string {
  const formatted = options.formatting === 'marks' ? marksAsFormatting(text) : text;
  return kind === 'action' ? serializeCtcp({ command: 'ACTION', text: formatted }) : formatted;
}

/** Whether a target is the channel of everyone. */
export function isEveryone({ options: { everyone } }: Irc, target: string): boolean {
  return everyone !== '' && nameKey(target) === nameKey(everyone);
}
