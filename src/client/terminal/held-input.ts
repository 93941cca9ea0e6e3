import type { Draft } from './terminal.ts';

/** What is typed after a secret answer, when the next question has not come: it may be the answer to that. */
export class HeldInput {
  /** The line that was being typed before the first question. */
  readonly draft: Draft;
  readonly lines: string[] = [];
  /** Whether the person declines the next question. */
  isDeclined = false;

  constructor(draft: Draft) {
    this.draft = draft;
  }
}
