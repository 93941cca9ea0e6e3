import type { Completion } from './completion.ts';

/** What a person sees and types on: a terminal that can move its cursor, or one that cannot. */
export interface Face {
  readonly columns: number;
  /** Prints lines; what is being typed stays whole. */
  print(...lines: readonly string[]): void;
  /** Has the terminal say that something is for this person. */
  ring(): void;
  /** Shows the prompt anew. */
  refresh(): void;
  /**
   * Asks for one line.
   * @param hidden whether it is not shown
   * @param gone aborted when there is nobody to answer any more
   * @returns undefined when the person would rather not answer, or there is nobody to answer
   */
  ask(prompt: string, hidden: boolean, gone?: AbortSignal): Promise<string | undefined>;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** Whom a face tells what a person does. */
export interface FaceOwner {
  /** What stands before what is typed; undefined as long as nobody is logged in, and what is typed may be a secret. */
  prompt(): string | undefined;
  line(text: string): void;
  /** A line was longer than can be typed, and is not handed on. */
  tooLong(): void;
  complete(before: string): Completion;
  /** The person presses Ctrl-C. */
  interrupt(): void;
  /** The person would like to leave. */
  leave(): void;
  /** The terminal is gone. */
  hangUp(): void;
}
