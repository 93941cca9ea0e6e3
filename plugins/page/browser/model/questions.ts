import { signal } from '@preact/signals';
import type { Ask } from 'chatserv/client';

/** A question that is open. */
export interface OpenQuestion {
  readonly ask: Ask;
  /** Answers it; undefined gives no answer. */
  readonly answer: (text: string | undefined) => void;
}

/** The questions of commands, and of plugins during the login. One is open at a time. */
export class Questions {
  readonly open = signal<OpenQuestion | undefined>(undefined);

  /** Asks. @param gone aborted when no answer is needed any more @returns undefined if there is no answer */
  ask(ask: Ask, gone: AbortSignal): Promise<string | undefined> {
    this.open.value?.answer(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const cancel = () => answer(undefined);
    const answer = (text: string | undefined) => {
      gone.removeEventListener('abort', cancel);
      if (this.open.value?.answer === answer) this.open.value = undefined;
      resolve(text);
    };
    if (gone.aborted) resolve(undefined);
    else this.open.value = { ask, answer };
    gone.addEventListener('abort', cancel);
    return promise;
  }
}
