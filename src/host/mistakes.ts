import { inspect } from 'node:util';
import { nearest } from '../usernames/nearest.ts';

/** Errors in a config or plugin that keep a server from starting, a sentence each. */
export class Mistakes extends Error {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[], options?: ErrorOptions) {
    super(sentences.join('\n'), options);
    this.name = 'Mistakes';
    this.sentences = sentences;
  }
}

/** Runs several steps and collects all their mistakes. */
export class ErrorCollector {
  readonly #found: Mistakes[] = [];

  /** Runs a step. @returns whether it succeeded @throws any other error */
  async run(work: () => void | Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Mistakes)) throw thrown;
      this.#found.push(thrown);
      return false;
    }
  }

  /** @throws Mistakes with everything that was collected */
  throwIfAny(): void {
    const [only, ...more] = this.#found;
    if (only === undefined) return;
    throw more.length === 0 ? only : new Mistakes(this.#found.flatMap(({ sentences }) => sentences));
  }
}

/** Makes an error of whatever was thrown, for the log. */
export function errorOf(thrown: unknown): Error {
  if (isReadable(thrown)) return thrown;
  const error = new Error(messageOf(thrown));
  // Its stack would point here.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Whether this is an error whose properties can be read: a getter or a proxy may throw. */
function isReadable(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    return [thrown.name, thrown.message, thrown.stack, thrown.cause, ...Object.values(thrown)].length > 0;
  } catch {
    return false;
  }
}

/** How much of a thrown value that is not an error is shown, in characters. */
const SHOWN = 200;

/** The message of whatever was thrown. That of a syntax error gets its place, which Node writes only before the stack. */
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
    return 'an unreadable value was thrown';
  }
}

/** ` Did you mean 'a' or 'b'?`, or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const near = nearest(given, names);
  return near.length === 0 ? '' : ` Did you mean ${near.map((name) => `'${name}'`).join(' or ')}?`;
}
