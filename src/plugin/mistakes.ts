/** What keeps a server from starting: everything that was found wrong, a sentence each. */
export class Mistakes extends Error {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[], options?: ErrorOptions) {
    super(sentences.join('\n'), options);
    this.name = 'Mistakes';
    this.sentences = sentences;
  }
}

/** Finds the mistakes of several doings, each of which is tried whatever has become of those before it. */
export class Findings {
  readonly #found: Mistakes[] = [];

  /** Tries something. @returns whether there was no mistake @throws what is none */
  async tries(work: () => void | Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Mistakes)) throw thrown;
      this.#found.push(thrown);
      return false;
    }
  }

  /** @throws Mistakes with all that was found, if anything was */
  end(): void {
    const [only, ...more] = this.#found;
    if (only === undefined) return;
    throw more.length === 0 ? only : new Mistakes(this.#found.flatMap(({ sentences }) => sentences));
  }
}

/** The message of whatever was thrown; of a syntax error with its place, which Node puts before the stack only. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const first =
    thrown instanceof SyntaxError ? /^(?:file:\/\/)?(\/.*?)(?:\?.*)?:(\d+)\n/.exec(thrown.stack ?? '') : null;
  return first === null ? thrown.message : `${first[1]}:${first[2]}: ${thrown.message}`;
}

/** The names that a misspelt one may have meant, the likeliest first; none where all are too different. */
function nearest(given: string, names: Iterable<string>): string[] {
  const most = Math.max(1, Math.floor(given.length / 3));
  return [...names]
    .map((name) => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= most || (given.length > 2 && name.startsWith(given)))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** ` Did you mean 'a' or 'b'?`, or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const near = nearest(given, names);
  return near.length === 0 ? '' : ` Did you mean ${near.map((name) => `'${name}'`).join(' or ')}?`;
}

/** How many characters must be put in, taken out, replaced or swapped with the next (optimal string alignment). */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = swaps ? (before[j - 2] as number) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] as number;
}
