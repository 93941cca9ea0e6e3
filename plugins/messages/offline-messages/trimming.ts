import type { Clock, History, Logger, MessageLog } from 'chatserv';
import type { TrustedTime } from './trusted-time.ts';

/** In milliseconds. */
const DAY = 86_400_000;

export interface TrimmingOptions {
  /** Seconds from one round to the next. */
  readonly trimTime: number;
  readonly keepDays: number;
  readonly keepMessages: number;
  /** In seconds. */
  readonly keyTime: number;
  readonly deviceDays: number;
}

interface TrimmingParts {
  readonly log: MessageLog;
  /** Says what is kept besides. */
  readonly history: History | undefined;
  readonly options: TrimmingOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  trustedTime(): Promise<TrustedTime>;
}

/** Trims the log, again and again: of messages that all have, that are too old or too many, of keys, and of devices. */
export class Trimming {
  readonly #parts: TrimmingParts;
  #underway = false;
  #cancel: () => void = () => {};

  /** Starts the clock: the first round comes after `trimTime`. */
  constructor(parts: TrimmingParts) {
    this.#parts = parts;
    this.#wait();
  }

  /** No further round starts. The signal ends the present one. */
  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    const { clock, options } = this.#parts;
    this.#cancel = clock.after(options.trimTime * 1000, () => this.#round());
  }

  #round(): void {
    this.#wait();
    if (this.#underway) return;
    this.#underway = true;
    this.#trim()
      .catch((err: unknown) => {
        this.#parts.logger.error({ event: 'store-error', err }, 'the log could not be trimmed; will retry');
      })
      .finally(() => {
        this.#underway = false;
      });
  }

  async #trim(): Promise<void> {
    const { log, history, options, clock, signal } = this.#parts;
    const now = (await this.#parts.trustedTime()).now();
    const before = now - options.keepDays * DAY;
    const keysSince = now - options.keyTime * 1000;
    const devicesSince = now - options.deviceDays * DAY;
    const limits = { before, most: options.keepMessages, now: clock.now(), keysSince, devicesSince };
    const retention = { ...limits, ...(await history?.retention(now)) };
    while (!signal.aborted && (await log.trim(retention)));
  }
}
