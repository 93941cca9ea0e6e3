import { signal } from '@preact/signals';

/** How many sentences stay: one removed before it is read out is lost. */
const STAYING = 12;

/** A sentence for screen readers. */
export interface Announcement {
  readonly key: number;
  readonly text: string;
}

/** Announces to screen readers what happens away from the focus. */
export class Announcer {
  readonly sentences = signal<readonly Announcement[]>([]);
  #keys = 0;

  say(text: string): void {
    this.sentences.value = [...this.sentences.value, { key: ++this.#keys, text }].slice(-STAYING);
  }

  /** Removes the announcements for the previous user. */
  clear(): void {
    this.sentences.value = [];
  }
}
