import type { Limits } from './limits.ts';

/** Notes which plugin's code is running, to name the one that blocks the event loop. */
export interface CallWatcher {
  /** The number of a plugin's handler or command. */
  idOf(plugin: string, what: string): number;
  /** Notes what is running from now on; 0 is nothing. @returns what was running before */
  enter(id: number): number;
  /** Sets how long the event loop may be blocked. */
  allow(limits: Pick<Limits, 'eventLoopStall' | 'hangTime'>): void;
}
