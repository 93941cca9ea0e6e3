import type { VNode } from 'preact';
import type { Screen } from '../model/screen.ts';
import type { Entry, Note, Talk } from '../model/talk.ts';
import { dayOf, isSameDay, machineTime } from '../model/time.ts';
import { isSaidTogether } from './message.tsx';
import { Blocks, MessageBlock } from './message-block.tsx';
import { MessageRow } from './message-row.tsx';
import { NoteView } from './note.tsx';

/** What all rows of a conversation depend on. */
interface About {
  readonly talk: Talk;
  readonly entries: readonly Entry[];
  readonly notes: readonly Note[];
  /** The key of the first new message. */
  readonly firstNew: number | undefined;
  /** What the present day is called: with another day, all are named anew. */
  readonly today: string;
}

/** A block, and what its rows were made of. */
interface MadeBlock {
  readonly block: VNode;
  readonly before: Entry | undefined;
  readonly entries: readonly Entry[];
  readonly versions: readonly (number | undefined)[];
  readonly after: Entry | undefined;
  /** The messages that its own ones answer, by their ids. */
  readonly answered: readonly (readonly [id: number, entry: Entry | undefined, version: number | undefined])[];
}

/** The rows of a conversation, in blocks: messages with the days and notes between them. Makes only blocks that have changed. */
export class RowBlocks {
  readonly #screen: Screen;
  readonly #divided = new Blocks();
  #about: About | undefined;
  #made = new Map<number, MadeBlock>();
  #byId = new Map<number, Entry>();
  /** The oldest message at the last rendering: when it is another one, some are gone, or older ones are there. */
  #oldest: Entry | undefined;
  /** The key of the newest message that was rendered. */
  #newest: number | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  render(talk: Talk, entries: readonly Entry[]): VNode[] {
    const today = dayOf(Date.now(), Date.now());
    const about: About = { talk, entries, notes: talk.notes, firstNew: this.#screen.news.first.value, today };
    const { entries: known } = this.#about ?? {};
    if (known !== entries || this.#oldest !== entries[0]) this.#byId = byId(entries);
    const before = this.#hasSame(about) ? this.#made : new Map<number, MadeBlock>();
    const notes = notesAfter(talk, entries);
    const numbers = this.#divided.divide(entries);
    const made = new Map<number, MadeBlock>();
    for (let [start, end] = [0, 0]; start < entries.length; start = end) {
      const number = numbers[start] ?? 0;
      while (numbers[end] === number) end++;
      const last = before.get(number);
      // In the last one messages are sent, and find their place and time.
      const isSame = last !== undefined && end < entries.length && this.#isSame(last, entries, start, end);
      made.set(number, isSame ? last : this.#make(number, about, notes, start, end));
    }
    this.#about = about;
    this.#made = made;
    this.#oldest = entries[0];
    this.#newest = entries.at(-1)?.key;
    const blocks = [...made.values()].map(({ block }) => block);
    const rows = (notes.get(0) ?? []).map(noteRow);
    return rows.length === 0 ? blocks : [<MessageBlock key="notes" rows={rows} />, ...blocks];
  }

  #hasSame(about: About): boolean {
    const before = this.#about;
    return (
      before !== undefined && (Object.keys(about) as (keyof About)[]).every((name) => about[name] === before[name])
    );
  }

  /** Whether a block would be made as it is. */
  #isSame(made: MadeBlock, entries: readonly Entry[], start: number, end: number): boolean {
    if (made.entries.length !== end - start) return false;
    if (made.before !== entries[start - 1] || made.after !== entries[end]) return false;
    const isSame = made.entries.every(
      (entry, index) => entry === entries[start + index] && entry.version === made.versions[index],
    );
    return (
      isSame &&
      made.answered.every(([id, entry, version]) => entry === this.#byId.get(id) && entry?.version === version)
    );
  }

  #make(
    number: number,
    { entries, firstNew, today }: About,
    notes: ReadonlyMap<number, readonly Note[]>,
    start: number,
    end: number,
  ): MadeBlock {
    const own = entries.slice(start, end);
    for (const entry of own) if (entry.id !== undefined) this.#byId.set(entry.id, entry);
    const rows: VNode[] = [];
    const replies: MadeBlock['answered'][number][] = [];
    own.forEach((entry, index) => {
      const [last, next] = [entries[start + index - 1], entries[start + index + 1]];
      if (last === undefined || !isSameDay(last.time, entry.time)) {
        rows.push(<Day key={`day ${entry.key}`} time={entry.time} today={today} />);
      }
      const isDivided = entry.key === firstNew;
      if (isDivided) rows.push(<Divider key="new" />);
      const isFirst = last === undefined || isDivided || notes.has(last.key) || !isSaidTogether(last, entry);
      const isLast =
        next === undefined || next.key === firstNew || notes.has(entry.key) || !isSaidTogether(entry, next);
      const answered = entry.reply === undefined ? undefined : this.#byId.get(entry.reply);
      if (entry.reply !== undefined) replies.push([entry.reply, answered, answered?.version]);
      rows.push(
        <MessageRow
          key={entry.key}
          screen={this.#screen}
          entry={entry}
          version={entry.version}
          isFirst={isFirst}
          isLast={isLast}
          answered={answered}
          answeredVersion={answered?.version}
          isNew={next === undefined && this.#newest === last?.key}
        />,
      );
      rows.push(...(notes.get(entry.key) ?? []).map(noteRow));
    });
    return {
      block: <MessageBlock key={number} rows={rows} />,
      before: entries[start - 1],
      entries: own,
      versions: own.map(({ version }) => version),
      after: entries[end],
      answered: replies,
    };
  }
}

function byId(entries: readonly Entry[]): Map<number, Entry> {
  return new Map(entries.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry]])));
}

function noteRow(note: Note): VNode {
  return <NoteView key={`note ${note.key}`} note={note} />;
}

/** The notes by the keys of the messages that they follow; 0 for those whose message has gone. */
function notesAfter({ notes }: Talk, entries: readonly Entry[]): ReadonlyMap<number, readonly Note[]> {
  const after = new Map<number, Note[]>();
  if (notes.length === 0) return after;
  const there = new Set(entries.map(({ key }) => key));
  for (const note of notes) {
    const at = there.has(note.after) ? note.after : 0;
    after.set(at, [...(after.get(at) ?? []), note]);
  }
  return after;
}

function Day({ time }: { readonly time: number; readonly today: string }) {
  return (
    <li class="day">
      <time dateTime={machineTime(time)}>{dayOf(time, Date.now())}</time>
    </li>
  );
}

function Divider() {
  return <li class="divider">New</li>;
}
