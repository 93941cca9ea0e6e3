import type { IndexAnswer, IndexQuestion, IndexState, MessageLog, SteadyClock } from 'chatserv';
import type { FtsState } from './fts-index.ts';
import type { IndexThread } from './index-thread.ts';
import type { TextBatch, TextIndex } from './text-index.ts';

/** The period in which each message is looked up in the log, how many at a time, and the pause between, in milliseconds. */
const SWEEP = 60_000;
const SWEPT_AT_ONCE = 1000;
const SWEEP_PAUSE = 50;

/** How many messages are removed at a time: the index is rewritten at each of their words. */
const REMOVED_AT_ONCE = 50;

/** What an index of this server is made from, and where it is. */
export interface LocalIndexContext {
  readonly messageLog: MessageLog;
  readonly clock: SteadyClock;
  readonly thread: IndexThread;
  /** Undefined for an index in memory. */
  readonly file: string | undefined;
  /** The most messages in the index. */
  readonly most: number;
}

/** An index of this server alone. Messages that are missing in the log leave it within about a minute. */
export class LocalIndex implements TextIndex {
  readonly retry = 30_000;
  readonly file: string | undefined;
  readonly #context: LocalIndexContext;
  #isOpen = false;
  #isStopped = false;
  #count = 0;
  #sweptUpTo = 0;
  #cancelSweep: (() => void) | undefined;

  constructor(context: LocalIndexContext) {
    this.#context = context;
    this.file = context.file;
  }

  start(fail: (error: Error) => void): void {
    const slices = Math.ceil(this.#count / SWEPT_AT_ONCE);
    const pause = Math.max(SWEEP_PAUSE, SWEEP / Math.max(1, slices));
    this.#cancelSweep = this.#context.clock.after(pause, async () => {
      await this.#sweep().catch((error: Error) => {
        this.#isOpen = false;
        fail(error);
      });
      if (!this.#isStopped) this.start(fail);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelSweep?.();
  }

  async open(head: number, fresh: boolean): Promise<number> {
    const { thread, file, most, messageLog } = this.#context;
    this.#isOpen = false;
    const about = { file, log: messageLog.identity ?? '', most };
    await thread.ask('open', { ...about, fresh });
    const { cursor, time } = await thread.ask('state');
    const last = cursor === 0 ? undefined : await messageLog.get(cursor);
    // A backup was put in place of the log: its ids can mean other entries.
    if (cursor > head || (last !== undefined && time !== 0 && last.time !== time))
      await thread.ask('open', { ...about, fresh: true });
    const state = await this.#skipOld(await thread.ask('state'), head);
    this.#count = state.count;
    this.#isOpen = true;
    return state.cursor;
  }

  async apply(batch: TextBatch): Promise<IndexState> {
    const { cursor, count } = await this.#context.thread.ask('apply', batch);
    this.#count = count;
    return { cursor, isApplied: cursor === batch.upTo };
  }

  /** Searches in slices, which take turns with those of other searches and with indexing. */
  async search({ time, ...question }: IndexQuestion): Promise<IndexAnswer> {
    const { clock, thread } = this.#context;
    const end = clock.monotonic() + time;
    const found: (readonly [number, number])[] = [];
    // The first slice looks at matches in all rooms. It finds most of what many match.
    for (let { below } = question, narrow = false; ; narrow = true) {
      const limit = question.limit - found.length;
      const slice = await thread.ask('search', { ...question, below, limit, narrow });
      found.push(...slice.found);
      const { reached } = slice;
      if (reached === undefined) return { found };
      if (found.length >= question.limit || clock.monotonic() > end) return { found, reached };
      below = reached;
    }
  }

  /** In memory, skips what the index has no room for. */
  async #skipOld(state: FtsState, head: number): Promise<FtsState> {
    const { thread, file, most } = this.#context;
    const upTo = head - most;
    if (file !== undefined || upTo <= state.cursor) return state;
    return thread.ask('apply', { after: state.cursor, upTo, time: 0, changes: [] });
  }

  /** Looks up some messages of the index in the log, and removes those that are gone. */
  async #sweep(): Promise<void> {
    const { thread, messageLog } = this.#context;
    if (!this.#isOpen) return;
    const ids = await thread.ask('ids', this.#sweptUpTo, SWEPT_AT_ONCE);
    this.#sweptUpTo = ids.length < SWEPT_AT_ONCE ? 0 : (ids.at(-1) ?? 0);
    const missing = await messageLog.missing(ids);
    for (let at = 0; at < missing.length && !this.#isStopped; at += REMOVED_AT_ONCE) {
      await thread.ask('forget', missing.slice(at, at + REMOVED_AT_ONCE));
    }
  }
}
