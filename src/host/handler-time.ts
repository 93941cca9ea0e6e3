import type { Clock } from '../api/clock.ts';
import type { ClientSession } from '../kernel/client-session.ts';

/** How often running calls are checked within their time limit. */
const CHECKS = 10;

/** A running call. */
export interface TimedCall {
  /** A session whose client it may wait for; that time does not count. */
  readonly session: ClientSession | undefined;
  /** How much time it has left, in milliseconds. */
  left: number;
}

/** Stops calls of plugins that take too long. All share one timer: one each would cost more than most handlers do. */
export class HandlerTime<Call extends TimedCall> {
  /** How long a call may take, in milliseconds. */
  readonly limit: number;
  readonly #clock: Clock;
  readonly #stop: (call: Call, cause: Error) => void;
  readonly #running = new Set<Call>();
  #cancel: (() => void) | undefined;

  /** @param stop called when a call has taken too long; it must call `unwatch` */
  constructor(clock: Clock, limit: number, stop: (call: Call, cause: Error) => void) {
    this.limit = limit;
    this.#clock = clock;
    this.#stop = stop;
  }

  watch(call: Call): void {
    this.#running.add(call);
    this.#cancel ??= this.#clock.after(this.limit / CHECKS, this.#check);
  }

  /** Stops watching a call. @returns whether it was watched */
  unwatch(call: Call): boolean {
    return this.#running.delete(call);
  }

  #check = (): void => {
    for (const call of this.#running) {
      if (call.session?.questions.asking) continue;
      call.left -= this.limit / CHECKS;
      if (call.left <= 0) this.#stop(call, new Error(`it took longer than ${this.limit} ms (limits.handlerTime)`));
    }
    this.#cancel = this.#running.size > 0 ? this.#clock.after(this.limit / CHECKS, this.#check) : undefined;
  };
}
