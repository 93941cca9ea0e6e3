import { VirtualClock } from 'chatserv/testing';
import { systemClock } from '../../src/host/clock.ts';

/** The machine's clock, for a server of the test kit that programs talk with. */
export class RunningClock extends VirtualClock {
  override now(): number {
    return systemClock.now();
  }

  override monotonic(): number {
    return systemClock.monotonic();
  }

  override after(milliseconds: number, call: () => void): () => void {
    return systemClock.after(milliseconds, call);
  }
}
