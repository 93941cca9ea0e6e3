import { createHash, randomBytes } from 'node:crypto';
import { type Account, type Collection, type Storage, z } from 'chatserv';
import { FORMATS, type Format } from './formats.ts';

/** What a link downloads. */
export interface ExportLink {
  readonly account: Account;
  /** The id of a room; undefined for the account's own data. */
  readonly room: number | undefined;
  readonly format: Format;
}

const LINK = z.object({
  account: z.object({ id: z.int().positive(), name: z.string() }),
  room: z.int().optional(),
  format: z.enum(FORMATS),
  /** When it expires, in milliseconds since 1970. */
  until: z.int(),
});

type StoredLink = z.infer<typeof LINK>;

/**
 * The links that have not been used, each under the hash of its token: whoever reads the store can download nothing. They
 * are stored because a download may reach another server of the chat than the one that made its link.
 */
export class Links {
  readonly #stored: Collection<StoredLink>;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(storage: Storage, now: () => number) {
    this.#stored = storage.open('export-links', LINK);
    this.#now = now;
  }

  /** Adds a link that lasts for so many milliseconds, and deletes those that have expired. @returns its token */
  async add({ account: { id, name }, room, format }: ExportLink, time: number): Promise<string> {
    await this.#remove(({ until }) => until <= this.#now());
    const token = randomBytes(32).toString('base64url');
    await this.#stored.set(keyOf(token), { account: { id, name }, room, format, until: this.#now() + time });
    return token;
  }

  /** The link with this token, unless it was used or has expired. */
  async find(token: string): Promise<ExportLink | undefined> {
    const link = await this.#stored.get(keyOf(token));
    return link === undefined || link.until <= this.#now() ? undefined : { ...link, room: link.room };
  }

  /** Uses a link. @returns whether it was not used before */
  async use(token: string): Promise<boolean> {
    let isMine = false;
    await this.#stored.update(keyOf(token), (link) => {
      isMine = link !== undefined;
      return undefined;
    });
    return isMine;
  }

  /** Ends all links of an account. */
  async endOf(id: number): Promise<void> {
    await this.#remove(({ account }) => account.id === id);
  }

  async #remove(isOver: (link: StoredLink) => boolean): Promise<void> {
    for (let after: string | undefined; ; ) {
      const page = await this.#stored.list({ after });
      after = page.at(-1)?.key;
      if (after === undefined) return;
      await Promise.all(page.filter(({ value }) => isOver(value)).map(({ key }) => this.#stored.delete(key)));
    }
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
