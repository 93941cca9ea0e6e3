import type { Completion } from './completion.ts';

/** A line being typed: before and after the cursor. */
export type Draft = readonly [string, string];

/** Where a key leads: the window with a number, the next or previous one, one with unread messages, or up and down. */
export type Turn = number | 'next' | 'previous' | 'active' | 'up' | 'down';

/** The terminal that a person uses: one that can move its cursor, or one that cannot. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Whether it can show one window instead of another. Otherwise all lines follow each other. */
  readonly hasWindows: boolean;
  /** Prints lines above the one being typed. */
  print(...lines: readonly string[]): void;
  /** Shows these lines instead of those printed so far. */
  repaint(lines: readonly string[]): void;
  /** Replaces the line being typed: before and after the cursor. @returns the line so far */
  swapDraft(draft: Draft): Draft;
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
  /** After a secret answer: what is typed is not a message, but stays hidden for the next question, until `release`. */
  hold(): void;
  /** No question follows. @returns whether something was typed, which is dropped */
  release(): boolean;
  /** Restores the terminal. */
  close(): void;
}

/** The callbacks of a terminal. */
export interface TerminalOwner {
  /** The prompt; undefined before the login, when a typed line may be a secret. */
  prompt(): string | undefined;
  /** The status line, above the prompt; undefined without one. */
  status(): string | undefined;
  line(text: string): void;
  /** Several lines were pasted at once. */
  pasted(lines: readonly string[]): void;
  /** A key that shows another window, or an earlier part of this one. */
  turn(to: Turn): void;
  /** The terminal has another size. */
  resized(): void;
  /** A line was too long and is dropped. */
  tooLong(): void;
  /** Completes the text before the cursor. @param step which of several messages: the one before or after */
  complete(before: string, step: 'before' | 'after'): Completion | Promise<Completion>;
  /** Ctrl-C. */
  interrupt(): void;
  /** The person wants to quit. */
  leave(): void;
  /** The terminal is gone. */
  hangUp(): void;
}
