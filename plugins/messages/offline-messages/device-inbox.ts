import type { Cursor, Entry, InboxReader } from 'chatserv';

/** Reads the log for devices. */
export interface Inboxes {
  /** Records a device's login. @returns its cursor */
  cursorOf(account: number, device: string): Promise<Cursor>;
  /** A page of the entries for an account with ids above `after` and up to `upTo`. */
  page(account: number, after: number, upTo: number): Promise<readonly Entry[]>;
}

/** Reads the log for one session. It lives as long as the session, so it has nothing of its own. */
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

  read(after: number, upTo: number): Promise<readonly Entry[]> {
    return this.#inboxes.page(this.#account, after, upTo);
  }
}
