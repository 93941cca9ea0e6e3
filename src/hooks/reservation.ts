import { Series } from './series.ts';

/**
 * What a guard has reserved for a call that it lets pass, such as a place in a queue or in a quota, until the outcome
 * is known.
 */
export interface Reservation<Outcome> {
  readonly kind: 'reservation';
  /**
   * Called once, also where another guard refused.
   * @param outcome the refusal or decision; undefined where there was none, or where the session ended before it
   */
  readonly settle: (outcome: Outcome | undefined) => void;
}

/** Lets a guard pass a call and learn its outcome: `return reserve((outcome) => ...)`. */
export function reserve<Outcome>(settle: (outcome: Outcome | undefined) => void): Reservation<Outcome> {
  return { kind: 'reservation', settle };
}

/** Whether a value is a reservation. */
export function isReservation(value: unknown): value is Reservation<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, settle } = value as { kind?: unknown; settle?: unknown };
  return kind === 'reservation' && typeof settle === 'function';
}

/** The outcome of one call's guards: the first refusal in their order, and their reservations. */
export class Passage<Refusal, Outcome> extends Series {
  #refusal: Refusal | undefined;
  #reservations: Reservation<Outcome>[] | undefined;
  #error: unknown;
  #settled: { readonly outcome: Outcome | undefined } | undefined;
  #refused: (() => void) | undefined;

  /** The first refusal in the order of the guards, if any. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  protected override take(result: Refusal | Reservation<Outcome> | undefined): void {
    if (result === undefined) return;
    if (isReservation(result)) this.#hold(result as Reservation<Outcome>);
    else if (this.#refusal === undefined) {
      this.#refusal = result as Refusal;
      this.#refused?.();
    }
  }

  /** A guard threw, as when its client has left. Those after it do not run. */
  fail(error: unknown): void {
    this.#error = error;
  }

  /**
   * This, once a guard has refused or all have run. The guards after a refusal run too, but are not waited for.
   * @throws what a guard throws
   */
  known(): this | Promise<this> {
    const running = this.running?.catch((error) => this.fail(error));
    if (running === undefined || this.#refusal !== undefined || this.#error !== undefined) return this.#checked();
    const refused = new Promise<void>((resolve) => {
      this.#refused = resolve;
    });
    return Promise.race([refused, running]).then(() => this.#checked());
  }

  /** Settles all reservations, later ones as they are made. */
  settle(outcome: Outcome | undefined): void {
    if (this.#settled !== undefined) return;
    this.#settled = { outcome };
    for (const { settle } of this.#reservations?.splice(0) ?? []) settle(outcome);
  }

  #hold(reservation: Reservation<Outcome>): void {
    if (this.#settled !== undefined) reservation.settle(this.#settled.outcome);
    else if (this.#reservations === undefined) this.#reservations = [reservation];
    else this.#reservations.push(reservation);
  }

  #checked(): this {
    if (this.#refusal !== undefined || this.#error === undefined) return this;
    this.settle(undefined);
    throw this.#error;
  }
}
