import { type Entry, isMessage } from 'chatserv';

/** How many accounts' last messages are remembered. Those who have not posted for longest are forgotten first. */
const REMEMBERED = 10_000;

/** The last message of each account, from any of its devices. Kept in memory: after a restart it is unknown at first. */
export class LastMessages {
  readonly #ids = new Map<number, number>();

  /** Follows the log. */
  readonly note = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      const { id, sender } = entry;
      if (!isMessage(entry) || sender <= 0) continue;
      // Moves it to the end.
      this.#ids.delete(sender);
      this.#ids.set(sender, id);
    }
    for (const account of this.#ids.keys()) {
      if (this.#ids.size <= REMEMBERED) break;
      this.#ids.delete(account);
    }
  };

  /** The id of an account's last message, if it is known. */
  of(account: number): number | undefined {
    return this.#ids.get(account);
  }
}
