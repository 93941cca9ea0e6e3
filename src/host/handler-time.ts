import type { Clock } from '../api/clock.ts';
import type { ClientSession } from '../kernel/client-session.ts';

/** How often running calls are checked within their time limit. */
const CHECKS = 10;

/** A running call. */
interface RunningCall {
  left: number;
  /** A session whose client it may wait for; that time does not count. */
  readonly session: ClientSession | undefined;
  readonly stop: (cause: Error) => void;
}

/** Stops calls of plugins that take too long. All share one timer: one each would cost more than most handlers do. */
export class HandlerTime {
  readonly #clock: Clock;
  readonly #time: number;
  readonly #running = new Set<RunningCall>();
  #cancel: (() => void) | undefined;

  /** @param time how long a call may take, in milliseconds */
  constructor(clock: Clock, time: number) {
    this.#clock = clock;
    this.#time = time;
  }

  /**
   * Watches a running call.
   * @param session the session whose client it may wait for
   * @param stop called when it has taken too long
   * @returns stops watching it
   */
  watch(session: ClientSession | undefined, stop: (cause: Error) => void): () => void {
    const call: RunningCall = { left: this.#time, session, stop };
    this.#running.add(call);
    this.#cancel ??= this.#clock.after(this.#time / CHECKS, this.#check);
    return () => this.#running.delete(call);
  }

  #check = (): void => {
    for (const call of this.#running) {
      if (call.session?.questions.asking) continue;
      call.left -= this.#time / CHECKS;
      if (call.left > 0) continue;
      this.#running.delete(call);
      call.stop(new Error(`it took longer than ${this.#time} ms (limits.handlerTime)`));
    }
    this.#cancel = this.#running.size > 0 ? this.#clock.after(this.#time / CHECKS, this.#check) : undefined;
  };
}
