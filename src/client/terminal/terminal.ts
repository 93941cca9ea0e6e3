import type { Completion } from './completion.ts';

/** The terminal that a person uses: one that can move its cursor, or one that cannot. */
export interface Terminal {
  readonly columns: number;
  /** Prints lines above the one being typed. */
  print(...lines: readonly string[]): void;
  /** Rings the bell: something is for this person. */
  ring(): void;
  /** Redraws the prompt. */
  refresh(): void;
  /**
   * Asks for one line.
   * @param hidden whether to hide what is typed
   * @param gone aborted when no answer is needed any more
   * @returns undefined when the person declines, or no answer is needed any more
   */
  ask(prompt: string, hidden: boolean, gone?: AbortSignal): Promise<string | undefined>;
  /** Restores the terminal. */
  close(): void;
}

/** The callbacks of a terminal. */
export interface TerminalOwner {
  /** The prompt; undefined before the login, when a typed line may be a secret. */
  prompt(): string | undefined;
  line(text: string): void;
  /** A line was too long and is dropped. */
  tooLong(): void;
  complete(before: string): Completion;
  /** Ctrl-C. */
  interrupt(): void;
  /** The person wants to quit. */
  leave(): void;
  /** The terminal is gone. */
  hangUp(): void;
}
