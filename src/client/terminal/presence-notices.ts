import type { SteadyClock } from '../../api/clock.ts';
import { systemClock } from '../system-clock.ts';

/** How many names are shown when users come or leave at once. */
const MAX_CHANGES = 5;

/**
 * How long absent users have to return, in milliseconds. Clients that were cut off together wait about as long as the
 * server was away before they reconnect, up to the longest.
 */
const ABSENCE = { shortest: 5_000, longest: 30_000 };

/** Reports who comes online and who leaves, but not who returns within seconds, as all do after a restart. */
export class PresenceNotices {
  readonly #notice: (text: string) => void;
  readonly #clock: SteadyClock;
  /** Users who left and are not reported yet, and when they will be, the first one first. */
  readonly #away = new Map<string, number>();
  /** Until when those who were cut off together with this client may return. */
  #settled = 0;
  #cancel = () => {};

  constructor(notice: (text: string) => void, clock: SteadyClock = systemClock) {
    this.#notice = notice;
    this.#clock = clock;
  }

  /** Users came online or left. @param me this user, who is not reported */
  change({ came, left }: { readonly came: readonly string[]; readonly left: readonly string[] }, me?: string): void {
    const isOther = (name: string) => name !== me;
    this.#report(
      came.filter(isOther).filter((name) => !this.#away.delete(name)),
      'came',
    );
    const due = Math.max(this.#clock.monotonic() + ABSENCE.shortest, this.#settled);
    for (const name of left.filter(isOther)) this.#away.set(name, due);
    this.#wait();
  }

  /** There is no connection, so nobody is seen to return. */
  pause(): void {
    this.#cancel();
  }

  /** There is a connection again. @param outage for how long there was none, in milliseconds */
  resume(outage: number): void {
    this.#settled = this.#clock.monotonic() + Math.min(Math.max(outage, ABSENCE.shortest), ABSENCE.longest);
    for (const name of this.#away.keys()) this.#away.set(name, this.#settled);
    this.#wait();
  }

  #wait(): void {
    this.#cancel();
    const [due] = this.#away.values();
    if (due !== undefined) this.#cancel = this.#clock.after(due - this.#clock.monotonic(), () => this.#reportLeft());
  }

  #reportLeft(): void {
    const now = this.#clock.monotonic();
    const left = [...this.#away].flatMap(([name, due]) => (due <= now ? [name] : []));
    for (const name of left) this.#away.delete(name);
    this.#report(left, 'left');
    this.#wait();
  }

  #report(names: readonly string[], did: string): void {
    if (names.length === 0) return;
    this.#notice(names.length > MAX_CHANGES ? `${names.length} ${did}` : `${names.join(', ')} ${did}`);
  }
}
