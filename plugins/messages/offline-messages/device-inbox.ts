import type { Cursor, Entry, InboxReader } from 'chatserv';

/** How many entries to read at a time. */
const PAGE = 64;

/**
 * How long to pause after a full page, in milliseconds. Without it, a device with a long backlog keeps the processor busy,
 * and everyone else's messages wait for it. Real time, even where the server's clock is virtual.
 */
const PAUSE = 1;

/** Reads the log for devices. */
export interface Inboxes {
  /** Records a device's login. @returns its cursor */
  cursorOf(account: number, device: string): Promise<Cursor>;
  /** Up to `limit` entries for an account with ids above `after` and up to `upTo`. */
  page(account: number, after: number, upTo: number, limit: number): Promise<readonly Entry[]>;
}

/** Reads the log for one session. Every session keeps one, so it is a small object without closures. */
export class DeviceInbox implements InboxReader {
  readonly #inboxes: Inboxes;
  readonly #account: number;
  readonly #device: string;

  constructor(inboxes: Inboxes, account: number, device: string) {
    this.#inboxes = inboxes;
    this.#account = account;
    this.#device = device;
  }

  cursor(): Promise<Cursor> {
    return this.#inboxes.cursorOf(this.#account, this.#device);
  }

  async read(after: number, upTo: number): Promise<readonly Entry[]> {
    const page = await this.#inboxes.page(this.#account, after, upTo, PAGE);
    if (page.length === PAGE) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    return page;
  }
}
