import { inspect } from 'node:util';
import { nearest } from '../usernames/nearest.ts';

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

/** Whatever was thrown as an error, for the log. */
export function errorOf(thrown: unknown): Error {
  if (isReadable(thrown)) return thrown;
  const error = new Error(messageOf(thrown));
  // Where it was made says nothing.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Whether something is an error of which all can be read: a getter or a proxy may throw. */
function isReadable(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    return [thrown.name, thrown.message, thrown.stack, thrown.cause, ...Object.values(thrown)].length > 0;
  } catch {
    return false;
  }
}

/** How much is shown of something thrown that is no error, in characters. */
const SHOWN = 200;

/** The message of whatever was thrown; of a syntax error with its place, which Node puts before the stack only. */
export function messageOf(thrown: unknown): string {
  if (!isReadable(thrown)) return shown(thrown).slice(0, SHOWN) || 'an empty string was thrown';
  const first =
    thrown instanceof SyntaxError ? /^(?:file:\/\/)?(\/.*?)(?:\?.*)?:(\d+)\n/.exec(thrown.stack ?? '') : null;
  if ('code' in thrown && thrown.code === 'EISDIR') return 'it is a folder';
  const message = thrown.message || thrown.name;
  return first === null ? message : `${first[1]}:${first[2]}: ${message}`;
}

function shown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    return inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return 'what was thrown cannot be read';
  }
}

/** ` Did you mean 'a' or 'b'?`, or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const near = nearest(given, names);
  return near.length === 0 ? '' : ` Did you mean ${near.map((name) => `'${name}'`).join(' or ')}?`;
}
