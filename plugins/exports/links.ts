import { randomBytes } from 'node:crypto';
import type { Account, SteadyClock } from 'chatserv';
import type { Format } from './formats.ts';

/** What a link downloads. */
export interface ExportLink {
  readonly account: Account;
  /** The id of a room; undefined for the account's own data. */
  readonly room: number | undefined;
  readonly format: Format;
  /** By the monotonic clock, in milliseconds. */
  readonly expires: number;
}

/** The links that have not been used. They are kept in memory: a restart ends them. */
export class Links {
  readonly #links = new Map<string, ExportLink>();

  /** @returns the token of a new link */
  add(link: ExportLink, clock: SteadyClock): string {
    const now = clock.monotonic();
    for (const [token, { expires }] of this.#links) if (expires <= now) this.#links.delete(token);
    const token = randomBytes(32).toString('base64url');
    this.#links.set(token, link);
    return token;
  }

  /** The link with this token, unless it was used or has expired. */
  find(token: string, clock: SteadyClock): ExportLink | undefined {
    const link = this.#links.get(token);
    return link !== undefined && link.expires > clock.monotonic() ? link : undefined;
  }

  /** A link is used. */
  use(token: string): void {
    this.#links.delete(token);
  }

  /** Ends all links of an account. */
  endOf(account: number): void {
    for (const [token, link] of this.#links) if (link.account.id === account) this.#links.delete(token);
  }
}
