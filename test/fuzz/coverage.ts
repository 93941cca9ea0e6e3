import { Session } from 'node:inspector';

interface Script {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/** What code has run: by the script's URL, a byte for each of its characters. */
export type Ran = ReadonlyMap<string, Uint8Array>;

/** Which code has run so far, by V8's own counting of blocks. */
export class Coverage {
  readonly #session = new Session();
  readonly #isCounted: (url: string) => boolean;
  readonly #known = new Map<string, Uint8Array>();

  /** @param isCounted of which scripts, by their URLs */
  constructor(isCounted: (url: string) => boolean) {
    this.#isCounted = isCounted;
    this.#session.connect();
    this.#session.post('Profiler.enable');
  }

  /** Begins to count. While it counts, V8 optimises nothing. */
  begin(): void {
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  end(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
  }

  /** What has run since the last look, or since it counts. */
  look(): Ran {
    const ran = new Map<string, Uint8Array>();
    // In the same thread the answer comes within the call.
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const script of result) if (this.#isCounted(script.url)) ran.set(script.url, marked(script));
    });
    return ran;
  }

  /** Whether something is in there that is not known to have run. */
  isNew(ran: Ran): boolean {
    for (const [url, marks] of ran) {
      const known = this.#known.get(url);
      for (let i = 0; i < marks.length; i++) if (marks[i] === 1 && known?.[i] !== 1) return true;
    }
    return false;
  }

  /** Notes that this has run. */
  learn(ran: Ran): void {
    for (const [url, marks] of ran) {
      const before = this.#known.get(url) ?? new Uint8Array(0);
      const after = new Uint8Array(Math.max(before.length, marks.length));
      after.set(before);
      for (let i = 0; i < marks.length; i++) if (marks[i] === 1) after[i] = 1;
      this.#known.set(url, after);
    }
  }

  /** How many characters of code are known to have run. */
  get size(): number {
    let size = 0;
    for (const marks of this.#known.values()) for (const mark of marks) size += mark;
    return size;
  }

  close(): void {
    this.#session.disconnect();
  }
}

function marked({ functions }: Script): Uint8Array {
  const ranges = functions.flatMap((one) => one.ranges);
  // What lies within comes after what it lies in, and has the last word.
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const marks = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges) marks.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return marks;
}
