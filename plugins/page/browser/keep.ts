import type { Remembered } from 'chatserv/client';
import type { KeptTalk } from './talks.ts';

/** What this device knows of an account. */
export interface Kept {
  readonly name: string;
  readonly remembered: Remembered;
  readonly talks: readonly KeptTalk[];
}

/** Where it is kept, beside other pages of the same host. */
const KEY = `chatserv ${new URL('.', location.href).pathname}`;

/** For how long changes are gathered, in milliseconds: less than a message's acknowledgement takes. */
const GATHERING = 50;

/** Keeps one account's token and conversations: with the tab, or with the device where its user stays logged in. */
export class Keep {
  readonly #collect: () => Kept | undefined;
  #stays: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param collect what is to be kept now; undefined for nothing */
  constructor(collect: () => Kept | undefined) {
    this.#collect = collect;
    this.#stays = read(sessionStorage) === undefined && read(localStorage) !== undefined;
    addEventListener('pagehide', () => this.write());
  }

  /** What was kept when the page was here last. */
  static load(): Kept | undefined {
    return read(sessionStorage) ?? read(localStorage);
  }

  /** Whether it is kept when the tab is closed. */
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
    const kept = this.#collect();
    if (kept === undefined) return;
    try {
      (this.#stays ? localStorage : sessionStorage).setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full, or not allowed: then the page forgets when it is closed, as without this.
    }
  }

  /** Forgets everything. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stays = false;
    for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
  }
}

function read(storage: Storage): Kept | undefined {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? 'null') as Kept | null;
    return kept !== null && typeof kept.name === 'string' && Array.isArray(kept.talks) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** A setting of this page that outlives logging out: it says nothing of anyone. */
export function setting(name: string): string | undefined {
  try {
    return localStorage.getItem(`${KEY} ${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function setSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`${KEY} ${name}`, value);
  } catch {
    // Not allowed: it is then good for as long as the page is.
  }
}
