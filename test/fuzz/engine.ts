import type { Coverage } from './coverage.ts';
import { type Input, mutated, smaller } from './input.ts';
import type { Random } from './random.ts';

/** Something that is fuzzed. */
export interface Target {
  readonly name: string;
  /** Which files are its code, by a part of their path. */
  readonly code: RegExp;
  /** How many inputs are tried between two looks at the coverage. */
  readonly batch: number;
  /** Makes an input as the grammar has it, more or less. */
  make(random: Random): Input;
  /** Tries an input. @throws when something is not as it must be */
  try(input: Input): void | Promise<void>;
  close?(): Promise<void>;
}

/** What came of it. */
export interface Outcome {
  readonly tried: number;
  /** The inputs that ran what none before them had. */
  readonly corpus: readonly Input[];
  /** An input with which something is wrong, as small as it went, and what is. */
  readonly finding?: { readonly input: Input; readonly cause: unknown };
}

/** One input in so many is made anew, the others of what is known. */
const ANEW = 3;

/** The first of so many batches are watched for new code; unwatched ones are tried ten times as quickly. */
const WATCHED = { first: 20, of: 2000 };

/** How many smaller inputs are tried to find the smallest. */
const SMALLER = 2000;

/** How many calls deep a finding is told. */
const STACK = 20;

/**
 * Tries the seeds, and then inputs made by the grammar or of those before; what runs code that nothing ran before is
 * kept to make others of. It ends with the first finding.
 * @param inputs how many beside the seeds
 * @param told now and then how many were tried
 */
export async function fuzz(
  target: Target,
  seeds: readonly Input[],
  inputs: number,
  random: Random,
  coverage: Coverage,
  told: (tried: number) => void,
): Promise<Outcome> {
  const corpus: Input[] = [];
  let tried = 0;
  let finding: Outcome['finding'];

  /** Tries a batch. @returns whether all went well */
  async function allWell(batch: readonly Input[]): Promise<boolean> {
    for (const input of batch) {
      const work = attempt(target, input);
      const cause = work === undefined ? undefined : await work;
      if (cause === undefined) continue;
      const smaller = await smallest(target, input);
      Error.stackTraceLimit = STACK;
      finding = { input: smaller, cause: (await attempt(target, smaller)) ?? cause };
      return false;
    }
    return true;
  }

  /** Tries a batch, and of one that runs new code each half by itself. @returns whether all went well */
  async function watched(batch: readonly Input[]): Promise<boolean> {
    if (!(await allWell(batch))) return false;
    const ran = coverage.look();
    if (!coverage.isNew(ran)) return true;
    if (batch.length === 1) corpus.push(batch[0] as Input);
    else {
      const middle = batch.length >> 1;
      if (!(await watched(batch.slice(0, middle))) || !(await watched(batch.slice(middle)))) return false;
    }
    coverage.learn(ran);
    return true;
  }

  // What is refused by throwing would spend most of its time on stacks that nobody reads.
  Error.stackTraceLimit = 0;
  coverage.begin();
  for (const seed of seeds) {
    tried++;
    if (!(await watched([seed]))) return { tried, corpus, finding };
  }
  for (let count = 0; tried < seeds.length + inputs; count++) {
    const size = Math.min(target.batch, seeds.length + inputs - tried);
    const pool = [...corpus, ...seeds];
    const batch = Array.from({ length: size }, () =>
      pool.length === 0 || random.oneIn(ANEW)
        ? target.make(random)
        : mutated(random.pick(pool), random.pick(pool), random),
    );
    tried += size;
    const turn = count % WATCHED.of;
    if (turn === 0) coverage.begin();
    if (turn === WATCHED.first) coverage.end();
    if (!(await (turn < WATCHED.first ? watched(batch) : allWell(batch)))) break;
    told(tried);
  }
  return { tried, corpus, finding };
}

/** @returns what is wrong, or a promise of that, or nothing at all where it is done and nothing is */
function attempt(target: Target, input: Input): unknown {
  try {
    return target.try(input)?.then(() => undefined, asCause);
  } catch (cause) {
    return asCause(cause);
  }
}

function asCause(thrown: unknown): unknown {
  return thrown ?? new Error('it threw nothing');
}

/** The smallest input found for which something is still wrong. */
async function smallest(target: Target, input: Input): Promise<Input> {
  let best = input;
  let left = SMALLER;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const candidate of smaller(best)) {
      if (left-- <= 0) return best;
      if ((await attempt(target, candidate)) === undefined) continue;
      best = candidate;
      shrunk = true;
      break;
    }
  }
  return best;
}
