import type { Remembered } from 'chatserv/client';
import type { KeptTalk } from './talks.ts';

/** What this device knows of an account. */
export interface Kept {
  readonly name: string;
  readonly remembered: Remembered;
  readonly talks: readonly KeptTalk[];
  /** The key of the conversation that is shown. */
  readonly shown: string;
}

/** Where it is kept, beside other pages of the same host. */
const KEY = `chatserv ${new URL('.', location.href).pathname}`;

/** For how long changes are gathered, in milliseconds. What is acknowledged is written before. */
const GATHERING = 100;

/** How many characters of conversations are kept; fewer where the browser has no room for so many. */
const ROOMS = [1_000_000, 100_000, 0];

/** Keeps one account's token and conversations: with the tab, or with the device where its user stays logged in. */
export class Keep {
  readonly #collect: (room: number) => Kept | undefined;
  #stays: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param collect what is to be kept now, of conversations so many characters; undefined for nothing
   * @param forgotten called when another window of this device has forgotten everything
   */
  constructor(collect: (room: number) => Kept | undefined, forgotten: () => void) {
    this.#collect = collect;
    this.#stays = read('sessionStorage') === undefined && read('localStorage') !== undefined;
    addEventListener('pagehide', () => this.write());
    addEventListener('storage', ({ key, newValue }) => {
      if (this.#stays && newValue === null && (key === KEY || key === null)) forgotten();
    });
  }

  /** What was kept when the page was here last. */
  static load(): Kept | undefined {
    return read('sessionStorage') ?? read('localStorage');
  }

  /** Whether it is kept when the tab is closed, and shared with the other windows of this device. */
  get stays(): boolean {
    return this.#stays;
  }

  set stays(stays: boolean) {
    this.#stays = stays;
  }

  /** Something has changed. */
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
        // Full: then less of it is kept, and the token at last.
      }
    }
  }

  /** Forgets everything. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stays = false;
    for (const kind of ['sessionStorage', 'localStorage'] as const) storageOf(kind)?.removeItem(KEY);
  }
}

/** A storage of the browser; undefined where its user does not allow it: then nothing is kept. */
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

/** Whether it is what this version keeps: another one may have written it. @throws where it is not */
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

/** A setting of this page that outlives logging out: it says nothing of anyone. */
export function setting(name: string): string | undefined {
  return storageOf('localStorage')?.getItem(`${KEY} ${name}`) ?? undefined;
}

export function setSetting(name: string, value: string): void {
  try {
    storageOf('localStorage')?.setItem(`${KEY} ${name}`, value);
  } catch {
    // Full: it is then good for as long as the page is.
  }
}
