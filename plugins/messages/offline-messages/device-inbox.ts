import type { CatchUp, Cursor, Entry, InboxReader } from 'chatserv';

/** How many entries to read at a time. */
const PAGE = 64;

/** The same for a device with gaps in many rooms: each page takes a look at every room. */
const MANY_GAPS = 16;
const LARGE_PAGE = 256;

/**
 * How long to pause after a full page, in milliseconds. Without it, a device with a long backlog keeps the processor busy,
 * and everyone else's messages wait for it. Real time, even where the server's clock is virtual.
 */
const PAUSE = 1;

/** Shared by the inboxes of all devices that have no gaps left. */
const NO_GAPS: CatchUp = { gaps: [], skip: new Map() };

/** Reads the log for devices. */
export interface Inboxes {
  /** Records a device's login. @returns its cursor */
  cursorOf(account: number, device: string): Promise<Cursor>;
  /**
   * Up to `limit` entries for an account with ids above `after` and up to `upTo`.
   * @param skip as for `MessageLog.read`
   */
  page(account: number, after: number, upTo: number, limit: number, skip?: CatchUp['skip']): Promise<readonly Entry[]>;
  /** What a device skips that has come back; undefined if it gets everything. @param isBrief as for `History.catchUp` */
  catchUp(account: number, after: number, upTo: number, isBrief: boolean): Promise<CatchUp> | undefined;
}

/** Reads the log for one session. Every session keeps one, so it is a small object without closures. */
export class DeviceInbox implements InboxReader {
  readonly #inboxes: Inboxes;
  readonly #account: number;
  readonly #device: string;
  readonly #isBrief: boolean;
  /** The gaps, until all of them are passed. They are found once: later entries are delivered in full. */
  #left: CatchUp | undefined;
  #pageSize = PAGE;

  /** @param isBrief whether it gets none of the entries of a room that has a gap */
  constructor(inboxes: Inboxes, account: number, device: string, isBrief: boolean) {
    this.#inboxes = inboxes;
    this.#account = account;
    this.#device = device;
    this.#isBrief = isBrief;
  }

  cursor(): Promise<Cursor> {
    return this.#inboxes.cursorOf(this.#account, this.#device);
  }

  async read(after: number, upTo: number): Promise<readonly Entry[]> {
    if (this.#left === undefined) {
      this.#left = (await this.#inboxes.catchUp(this.#account, after, upTo, this.#isBrief)) ?? NO_GAPS;
      if (this.#left.gaps.length > MANY_GAPS) this.#pageSize = LARGE_PAGE;
    }
    const { gaps, skip } = this.#left;
    if (skip.size === 0) return this.#page(after, upTo);
    if ([...skip.values()].every((id) => id <= after)) this.#left = NO_GAPS;
    const size = this.#pageSize;
    const page = await this.#page(after, upTo, skip);
    const end = page.length === size ? (page.at(-1)?.id ?? upTo) : upTo;
    const reached = gaps.filter(({ id }) => id > after && id <= end);
    return reached.length === 0 ? page : [...page, ...reached].sort((a, b) => a.id - b.id);
  }

  async #page(after: number, upTo: number, skip?: CatchUp['skip']): Promise<readonly Entry[]> {
    const size = this.#pageSize;
    const page = await this.#inboxes.page(this.#account, after, upTo, size, skip);
    if (page.length === size) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    else this.#pageSize = PAGE;
    return page;
  }
}
