import type { Entry, IndexAnswer, IndexQuestion, Logger, MessageLog, SteadyClock } from 'chatserv';
import { IndexFailure } from './index-failure.ts';
import { changeOf, EDIT, textOfEdit } from './indexed-text.ts';
import type { TextChange, TextIndex } from './text-index.ts';

/** How many entries are indexed at a time, and about how many characters of them at most. */
const AT_ONCE = 250;
const AT_ONCE_LENGTH = 100_000;
const LEAST_AT_ONCE = 25;

/** How long to wait after that while the index catches up, in milliseconds, so that other work gets its turn. */
const PAUSE = 10;

/** How long new entries are gathered, in milliseconds. */
const GATHERED = 1000;

/** How many entries are gathered at most, and how many characters they have; beyond that, the log is read. */
const GATHERED_MOST = 5000;
const GATHERED_LENGTH = 100_000;

/** How many edits of a message are looked at when one of them was redacted. */
const EDITS = 1000;

/** What the index is made from. */
export interface IndexerContext {
  readonly messageLog: MessageLog;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly index: TextIndex;
}

/**
 * Keeps an index like the log. It follows the log and adds new entries every second; messages that were redacted leave it
 * at once. After a failure it starts again; a damaged index is built anew. Other servers may fill the same index: then
 * one of them does most of the work, and the others look every two seconds whether it is done.
 */
export class Indexer {
  readonly #context: IndexerContext;
  #unfollow: (() => void) | undefined;
  #isStopped = false;
  #opened: Promise<void> | undefined;
  /** The index has the entries up to this one. */
  #cursor = 0;
  /** The end of the log when the index began to catch up with it. */
  #end = 0;
  /** New entries, in their order, and the characters of those that were gathered since there were none. */
  #gathered: Entry[] = [];
  #gatheredLength = 0;
  /** Whether there are entries after the cursor that were not gathered. */
  #isBehind = true;
  #advancing: Promise<void> | undefined;
  #cancelAdvance: (() => void) | undefined;
  /** Whether another server was faster the last time. */
  #hasOthers = false;
  /** Searches that wait for new entries to be indexed: then there is no pause. */
  #awaited = 0;
  #endPause: (() => void) | undefined;
  /** Why the index cannot be used. */
  #failure: Error | undefined;
  #isDamaged = false;
  #isReported = false;
  #cancelRetry: (() => void) | undefined;

  constructor(context: IndexerContext) {
    this.#context = context;
  }

  /** Begins to follow the log; does nothing the second time. */
  start(): void {
    if (this.#unfollow !== undefined || this.#isStopped) return;
    this.#unfollow = this.#context.messageLog.follow((entries) => this.#gather(entries));
    this.#context.index.start?.((error) => this.#fail(error));
    void this.#advance();
  }

  stop(): void {
    this.#isStopped = true;
    this.#unfollow?.();
    this.#cancelAdvance?.();
    this.#context.index.stop?.();
    this.#cancelRetry?.();
    this.#endPause?.();
  }

  /** Why searching is not possible now, if so. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** How much of the log is indexed, from 0 to 1. */
  get progress(): number {
    return this.#isBehind || this.#cursor < this.#end ? Math.min(0.99, this.#cursor / Math.max(1, this.#end)) : 1;
  }

  /** Waits until what any server has appended so far is indexed, or for so many milliseconds. */
  async settle(milliseconds: number): Promise<void> {
    this.start();
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.after(milliseconds, resolve);
    this.#awaited++;
    this.#endPause?.();
    await Promise.race([this.#advanceToEnd(), isOver]);
    this.#awaited--;
    cancel();
  }

  /** @throws IndexFailure */
  async search(question: IndexQuestion): Promise<IndexAnswer> {
    try {
      return await this.#context.index.search(question);
    } catch (error) {
      if (!(error instanceof IndexFailure && error.damage === 'none')) this.#fail(error as Error);
      throw error;
    }
  }

  #gather(entries: readonly Entry[]): void {
    if (this.#gathered.length === 0) this.#gatheredLength = 0;
    for (const { body } of entries) this.#gatheredLength += body.length;
    if (this.#gathered.length + entries.length > GATHERED_MOST || this.#gatheredLength > GATHERED_LENGTH) {
      this.#gathered = [];
      this.#isBehind = true;
    } else if (!this.#isBehind) {
      this.#gathered.push(...entries);
    }
    if (entries.some(({ kind }) => kind === 'redaction')) void this.#advance();
    else {
      const time = this.#hasOthers ? 2 * GATHERED : GATHERED;
      this.#cancelAdvance ??= this.#context.clock.after(time, () => void this.#advance());
    }
  }

  /** Indexes everything in the log, that of other servers included. Never rejects. */
  async #advanceToEnd(): Promise<void> {
    // Where the log cannot be read, reading the hits reports it.
    await this.#context.messageLog.catchUp?.().catch(() => {});
    await this.#advance();
  }

  /** Indexes everything that there is. Never rejects. */
  #advance(): Promise<void> {
    this.#cancelAdvance?.();
    this.#cancelAdvance = undefined;
    if (this.#isStopped || this.#failure !== undefined) return Promise.resolve();
    this.#advancing ??= this.#advanceNow().finally(() => {
      this.#advancing = undefined;
    });
    return this.#advancing;
  }

  async #advanceNow(): Promise<void> {
    try {
      this.#opened ??= this.#open();
      await this.#opened;
      while (!this.#isStopped && (this.#isBehind || this.#gathered.length > 0)) {
        if (this.#isBehind) await this.#catchUp();
        else await this.#index(this.#gathered.splice(0, atOnce(this.#gathered)));
      }
      this.#isReported = false;
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  async #open(): Promise<void> {
    const { index, messageLog } = this.#context;
    const head = await messageLog.head();
    this.#cursor = await index.open(head, this.#isDamaged);
    this.#isDamaged = false;
    this.#end = head;
    this.#isBehind = true;
    const entries = head - this.#cursor;
    if (entries > GATHERED_MOST) this.#note({ entries }, 'building the search index');
  }

  /** Reads and indexes what was not gathered. */
  async #catchUp(): Promise<void> {
    const { messageLog, clock } = this.#context;
    this.#gathered = [];
    // From now on new entries are gathered; those before the end of the log are read from it.
    this.#isBehind = false;
    this.#end = await messageLog.head();
    const began = { at: clock.monotonic(), left: this.#end - this.#cursor };
    let most = LEAST_AT_ONCE;
    while (this.#cursor < this.#end && !this.#isStopped && !this.#isBehind) {
      const entries = await messageLog.entries(this.#cursor, most);
      await this.#index(entries, entries.length < most ? this.#end : 0);
      most = Math.max(LEAST_AT_ONCE, atOnce(entries));
      if (this.#cursor < this.#end) await this.#pause(this.#hasOthers ? GATHERED : PAUSE);
    }
    if (began.left > GATHERED_MOST && this.#cursor >= this.#end) {
      const seconds = Math.round((clock.monotonic() - began.at) / 1000);
      this.#note({ entries: began.left, seconds }, 'the search index is complete');
    }
  }

  /** Indexes entries, of which there are no others up to the id `upTo`. */
  async #index(all: readonly Entry[], upTo = 0): Promise<void> {
    const entries = all.filter(({ id }) => id > this.#cursor);
    const last = entries.at(-1);
    const end = Math.max(upTo, last?.id ?? 0);
    if (end <= this.#cursor) return;
    const changes: TextChange[] = [];
    for (const entry of entries) {
      const change = changeOf(entry);
      if (change !== undefined) changes.push(change, ...(await this.#takenBack(entry)));
    }
    const time = last?.id === end ? last.time : 0;
    const { cursor, isApplied } = await this.#context.index.apply({ after: this.#cursor, upTo: end, time, changes });
    this.#hasOthers = !isApplied;
    // Another server indexes too or, while a reload is under way, the plugin's predecessor.
    if (cursor < end) this.#isBehind = true;
    this.#cursor = cursor;
  }

  /** Restores the previous text of a message, if the entry redacts one of its edits. */
  async #takenBack({ kind, of }: Entry): Promise<readonly TextChange[]> {
    if (kind !== 'redaction' || of === undefined) return [];
    const { messageLog } = this.#context;
    const redacted = await messageLog.get(of);
    const message = redacted?.kind === EDIT && redacted.of ? await messageLog.get(redacted.of) : undefined;
    if (message === undefined || message.redacted) return [];
    const edits = await messageLog.changes([message.id], EDITS, EDIT);
    const edit = edits.findLast((one) => textOfEdit(one) !== undefined);
    return [['edit', message.id, edit?.id ?? 0, edit ? (textOfEdit(edit) ?? '') : message.body]];
  }

  /** Waits, unless a search waits. */
  async #pause(milliseconds: number): Promise<void> {
    if (this.#awaited > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.after(milliseconds, resolve);
    this.#endPause = resolve;
    await promise;
    this.#endPause = undefined;
    cancel();
  }

  /** Logs a failure, and starts again: at once if the index is damaged, otherwise after a while. */
  #fail(error: Error): void {
    if (this.#isStopped || this.#failure !== undefined) return;
    const { clock, logger, index } = this.#context;
    const wasDamaged = this.#isDamaged;
    this.#failure = error;
    this.#isDamaged = error instanceof IndexFailure && error.damage === 'damaged';
    // Once until it works again.
    if (!this.#isReported)
      logger.error({ event: 'search-index', file: index.file, err: error }, 'the search index failed');
    this.#isReported = true;
    this.#cancelRetry = clock.after(this.#isDamaged && !wasDamaged ? 0 : index.retry, () => {
      this.#failure = undefined;
      this.#opened = undefined;
      this.#isBehind = true;
      void this.#advance();
    });
  }

  #note(facts: object, text: string): void {
    this.#context.logger.info({ event: 'search-index', ...facts }, text);
  }
}

/** How many entries to index at a time, by the lengths of the first of them. */
function atOnce(entries: readonly Entry[]): number {
  const first = entries.slice(0, AT_ONCE);
  const length = first.reduce((sum, { body }) => sum + body.length, 1);
  return Math.min(AT_ONCE, Math.ceil((first.length * AT_ONCE_LENGTH) / length));
}
