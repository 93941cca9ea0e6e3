import type { Remembered } from 'chatserv/client';
import type { KeptTalk } from './talks.ts';

/** What this device stores of an account. */
export interface Kept {
  readonly name: string;
  readonly remembered: Remembered;
  readonly talks: readonly KeptTalk[];
  /** The key of the open conversation. */
  readonly shown: string;
}

/** The storage key, distinct from those of other pages on the host. */
const KEY = `chatserv ${new URL('.', location.href).pathname}`;

/** How long changes are collected, in milliseconds. Messages are written before they are acknowledged. */
const GATHERING = 100;

/** How many characters of conversations are stored; fewer if the browser has less space. */
const ROOMS = [1_000_000, 100_000, 0];

/** Stores one account's token and conversations: for the tab, or on the device if the user stays logged in. */
export class Keep {
  readonly #collect: (room: number) => Kept | undefined;
  #stays: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param collect returns what to store, with so many characters of conversations; undefined for nothing
   * @param forgotten called when another window of this device has deleted everything
   */
  constructor(collect: (room: number) => Kept | undefined, forgotten: () => void) {
    this.#collect = collect;
    this.#stays = read('sessionStorage') === undefined && read('localStorage') !== undefined;
    addEventListener('pagehide', () => this.write());
    addEventListener('storage', ({ key, newValue }) => {
      if (this.#stays && newValue === null && (key === KEY || key === null)) forgotten();
    });
  }

  /** What was stored by the last visit. */
  static load(): Kept | undefined {
    return read('sessionStorage') ?? read('localStorage');
  }

  /** Whether it survives the tab, and is shared with the other windows of this device. */
  get stays(): boolean {
    return this.#stays;
  }

  set stays(stays: boolean) {
    this.#stays = stays;
  }

  /** Something to store has changed. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.write(), GATHERING);
  }

  /** Writes at once. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const storage = storageOf(this.#stays ? 'localStorage' : 'sessionStorage');
    if (storage === undefined) return;
    for (const room of ROOMS) {
      const kept = this.#collect(room);
      if (kept === undefined) return;
      try {
        storage.setItem(KEY, JSON.stringify(kept));
        return;
      } catch {
        // Full: stores less, in the end only the token.
      }
    }
  }

  /** Deletes everything. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stays = false;
    for (const kind of ['sessionStorage', 'localStorage'] as const) storageOf(kind)?.removeItem(KEY);
  }
}

/** A storage of the browser; undefined if the user does not allow it, and then nothing is stored. */
function storageOf(kind: 'sessionStorage' | 'localStorage'): Storage | undefined {
  try {
    return window[kind];
  } catch {
    return undefined;
  }
}

function read(kind: 'sessionStorage' | 'localStorage'): Kept | undefined {
  try {
    const kept = JSON.parse(storageOf(kind)?.getItem(KEY) ?? 'null') as Kept | null;
    return kept !== null && isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Whether stored data has this version's form: another version may have written it. @throws for some other forms */
function isKept({ name, remembered, talks }: Kept): boolean {
  return (
    typeof name === 'string' &&
    typeof remembered === 'object' &&
    talks.every(
      ({ to, entries, unread, draft }) =>
        (to === 'everyone' || to.every((one) => typeof one === 'string')) &&
        entries.every(
          ({ from, text, time }) => typeof from === 'string' && typeof text === 'string' && Number.isFinite(time),
        ) &&
        Number.isFinite(unread) &&
        typeof draft === 'string',
    )
  );
}

/** A setting of this page that survives logging out, since it is not about any account. */
export function setting(name: string): string | undefined {
  return storageOf('localStorage')?.getItem(`${KEY} ${name}`) ?? undefined;
}

export function setSetting(name: string, value: string): void {
  try {
    storageOf('localStorage')?.setItem(`${KEY} ${name}`, value);
  } catch {
    // Full: the setting lasts as long as the page.
  }
}
