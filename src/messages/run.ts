import type { Codec, CodecState } from '../api/codec.ts';
import type { Entry } from '../api/entry.ts';
import { type Chunk, joined } from '../wire/chunk.ts';
import { Renderable, type Rendering } from './renderable.ts';
import type { Rendered } from './rendered.ts';

/** Entries in a row, at least one. */
export type EntryRun = readonly [Entry, ...Entry[]];

/** Splits entries into runs that are for the same accounts. */
export function runsOf(entries: readonly Entry[]): EntryRun[] {
  const runs: [Entry, ...Entry[]][] = [];
  let run: [Entry, ...Entry[]] | undefined;
  for (const entry of entries) {
    if (run !== undefined && areForTheSame(run[0], entry)) {
      run.push(entry);
    } else {
      run = [entry];
      runs.push(run);
    }
  }
  return runs;
}

/** A direct conversation's entries are few, and a room's members change with `join` and `leave`. */
function areForTheSame(first: Entry, { room, members, kind }: Entry): boolean {
  return room === first.room && members === undefined && kind !== 'join' && kind !== 'leave';
}

/** Entries of one room that were appended in a row, delivered to its members together. */
export class Run extends Renderable {
  /** In the order of their ids. */
  readonly all: readonly Rendered[];
  /** The ids of the first and the last. */
  readonly first: number;
  readonly last: number;
  readonly #senders = new Set<number>();

  /** @param all at least one */
  constructor(all: readonly Rendered[]) {
    super();
    this.all = all;
    this.first = all[0]?.message.id ?? 0;
    this.last = all.at(-1)?.message.id ?? 0;
    for (const { entry } of all) this.#senders.add(entry.sender);
  }

  /** Whether an account posted one of them. */
  isBy(account: number): boolean {
    return this.#senders.has(account);
  }

  chunk(codec: Codec, state: CodecState): Chunk | undefined {
    return this.rendering(codec, state).chunk;
  }

  protected render(codec: Codec, state: CodecState): Rendering {
    const { capabilities = '' } = state;
    const chunks = this.all.map((one) => one.common(codec, state)).filter((chunk) => chunk !== undefined);
    if (chunks.length < this.all.length) return { codec, capabilities, chunk: undefined };
    return { codec, capabilities, chunk: joined(chunks.filter(({ bytes }) => bytes.length > 0)) };
  }
}
