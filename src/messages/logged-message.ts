import type { Account } from '../api/account.ts';
import { type Entry, EVERYONE } from '../api/entry.ts';
import { mentionsIn } from '../api/mentions.ts';
import { type Audience, type Message, recipients, textIn, withoutControls, writableTime } from '../api/message.ts';
import type { LiveQuotes } from './context.ts';
import type { Online } from './online.ts';

/** What a message needs besides its entry. */
interface Source {
  readonly online: Online;
  readonly quotes: LiveQuotes | undefined;
}

/**
 * An entry as a message, sanitised so that any codec can render it as one line, whatever a store or a plugin put in it.
 */
export class LoggedMessage implements Message {
  readonly id: number;
  readonly from: Account;
  readonly room: number;
  readonly roomName: string;
  readonly seq: number;
  readonly kind: string;
  readonly text: string;
  readonly lines: readonly string[] | undefined;
  readonly reply: number | undefined;
  readonly mentionsAll: boolean | undefined;
  readonly time: number;
  readonly repeat: boolean;
  readonly #entry: Entry;
  readonly #source: Source;
  #audience: Audience | undefined;

  constructor(entry: Entry, source: Source, repeat: boolean) {
    this.id = entry.id;
    this.from = { id: entry.sender, name: withoutControls(entry.from) };
    this.room = entry.room;
    this.roomName = entry.roomName === undefined ? '' : withoutControls(entry.roomName);
    this.seq = entry.seq;
    this.kind = entry.kind;
    ({ text: this.text, lines: this.lines } = textIn(entry.body));
    this.reply = entry.reply;
    this.mentionsAll = entry.mentionsAll;
    this.time = writableTime(entry.time);
    this.repeat = repeat;
    this.#entry = entry;
    this.#source = source;
  }

  /** Computed on demand: most deliveries don't need it. */
  get audience(): Audience {
    this.#audience ??= audienceOf(this.#entry, this.#source.online);
    return this.#audience;
  }

  get quote(): string | undefined {
    return this.reply === undefined ? undefined : this.#source.quotes?.of(this.reply);
  }

  get mentions(): readonly string[] {
    if (this.#entry.members !== undefined) return [];
    const nameOf = (name: string) => this.#source.online.find(name)?.name;
    const named = mentionsIn(this.text).map((names) => names.map(nameOf).find(Boolean));
    return [...new Set(named.filter((name) => name !== undefined))];
  }
}

function audienceOf({ room, members, sender, toSender }: Entry, online: Online): Audience {
  if (members === undefined) return { group: room === EVERYONE ? 'everyone' : 'room' };
  const accounts = members
    .filter((member) => member !== sender || toSender)
    .map((member) => online.of(member)[0]?.account)
    .filter((account) => account !== undefined);
  return recipients(accounts);
}
