import { isRejection } from './complaint.ts';

/** How requests of one kind are gathered. */
export interface GatheringOptions {
  /** How many statements are under way at once. With two, a slow one does not hold up the others. */
  readonly statements?: number;
  /** How many requests share a statement at most. */
  readonly requests?: number;
}

interface Waiting<Request, Result> {
  readonly request: Request;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Makes one statement of requests of one kind: those made at the same moment, and those made while others are under way.
 * When many users come or leave at once, the database gets a few statements in place of some for each of them. A request
 * is part of a statement that begins after it was made, so it sees everything that was committed before.
 * @param perform makes at least one request, and returns the results in the same order
 */
export function gathering<Request, Result>(
  perform: (requests: readonly Request[]) => Promise<readonly Result[]>,
  { statements = 2, requests = 200 }: GatheringOptions = {},
): (request: Request) => Promise<Result> {
  const waiting: Waiting<Request, Result>[] = [];
  let underWay = 0;

  async function settle(some: readonly Waiting<Request, Result>[]): Promise<void> {
    try {
      const results = await perform(some.map(({ request }) => request));
      for (const [i, { resolve }] of some.entries()) resolve(results[i] as Result);
    } catch (error) {
      // Of several, only the rejected one shall fail.
      if (some.length > 1 && isRejection((error as Error).cause)) for (const one of some) await settle([one]);
      else for (const { reject } of some) reject(error);
    }
  }

  async function run(): Promise<void> {
    underWay++;
    // A moment later, so that what is asked for at once shares a statement.
    await undefined;
    while (waiting.length > 0) await settle(waiting.splice(0, requests));
    underWay--;
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (underWay < statements) void run();
    });
}

/** Reads rows by a key of theirs. @param read reads those with one of the keys */
export function gatheringBy<Key, Row>(
  keyOf: (row: Row) => Key,
  read: (keys: readonly Key[]) => Promise<readonly Row[]>,
): (key: Key) => Promise<Row | undefined> {
  return gathering(async (keys) => {
    const rows = new Map((await read(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key));
  });
}
