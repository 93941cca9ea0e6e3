import { groupMember } from './group-member.ts';

/** What a process answered, or why it did not, with one line per error. */
export type Answer = { readonly result: unknown } | { readonly errors: readonly string[] };

/** The processes of a server that was started with `--processes`, as one of them sees them. */
export interface ProcessGroup {
  /** The number of this process, from 1. One that is started in its place has the same. */
  readonly number: number;
  /**
   * Answers what processes ask, in place of an earlier handler; also what this process itself asks.
   * @param what a name that begins with the plugin's
   * @param handler returns, or resolves with, JSON; what it throws is the answer's errors
   */
  handle(what: string, handler: (data: unknown) => unknown): void;
  /**
   * Asks all processes, this one included.
   * @returns their answers by their numbers; errors for one that does not run, or does not answer within 5 seconds
   */
  ask(what: string): Promise<ReadonlyMap<number, Answer>>;
}

/** The processes of this server; undefined if it was started without `--processes`. */
export const processGroup: ProcessGroup | undefined = groupMember;
