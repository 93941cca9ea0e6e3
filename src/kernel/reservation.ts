/**
 * What a guard set aside for something that it lets pass, such as a place in a queue or one of a quota, until it is known
 * what became of that.
 */
export interface Reservation<Outcome> {
  readonly kind: 'reservation';
  /**
   * Called once, also where another guard refused.
   * @param outcome the refusal or decision that was given; undefined where nothing was refused or decided, and where the
   * session ended before
   */
  readonly settle: (outcome: Outcome | undefined) => void;
}

/** Lets a guard's handler learn what becomes of what it lets pass: `return reserve((outcome) => ...)`. */
export function reserve<Outcome>(settle: (outcome: Outcome | undefined) => void): Reservation<Outcome> {
  return { kind: 'reservation', settle };
}

/** Whether something is what `reserve` makes. */
export function isReservation(value: unknown): value is Reservation<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, settle } = value as { kind?: unknown; settle?: unknown };
  return kind === 'reservation' && typeof settle === 'function';
}

/** What the guards of one call came to: the first refusal in their order, and what they have reserved. */
export class Passage<Refusal, Outcome> {
  #refusal: Refusal | undefined;
  #reservations: Reservation<Outcome>[] = [];
  #isOver = false;
  #error: unknown;
  #settled: { readonly outcome: Outcome | undefined } | undefined;
  #wake: (() => void) | undefined;

  /** The first refusal in the order of the guards, if one refused. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Takes what a guard returned, in the order of the guards. */
  take(result: Refusal | Reservation<Outcome> | undefined): void {
    if (isReservation(result)) this.#hold(result as Reservation<Outcome>);
    else if (result !== undefined && this.#refusal === undefined) {
      this.#refusal = result as Refusal;
      this.#wake?.();
    }
  }

  /** Every guard has run, or one of them cannot go on, as when its client has left. */
  end(error: unknown): void {
    this.#isOver = true;
    this.#error = error ?? undefined;
    this.#wake?.();
  }

  /**
   * This, once it is known whether a guard refuses. The guards after the one that refuses run all the same; nobody waits
   * for them. @throws what keeps a guard from going on
   */
  known(): this | Promise<this> {
    if (this.#refusal !== undefined || this.#isOver) return this.#checked();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return promise.then(() => this.#checked());
  }

  /** Tells those who have reserved something what became of it; those who do so later learn it at once. */
  settle(outcome: Outcome | undefined): void {
    if (this.#settled !== undefined) return;
    this.#settled = { outcome };
    for (const { settle } of this.#reservations.splice(0)) settle(outcome);
  }

  #hold(reservation: Reservation<Outcome>): void {
    if (this.#settled === undefined) this.#reservations.push(reservation);
    else reservation.settle(this.#settled.outcome);
  }

  #checked(): this {
    if (this.#refusal !== undefined || this.#error === undefined) return this;
    this.settle(undefined);
    throw this.#error;
  }
}
