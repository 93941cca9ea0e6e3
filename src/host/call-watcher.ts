import type { Limits } from './limits.ts';

/** Is told which plugin's code is called, so that it can say who blocks the event loop. */
export interface CallWatcher {
  /** The number of a plugin's handler or command. */
  idOf(plugin: string, what: string): number;
  /** Something is called from now on; 0 is nothing. @returns what was called before */
  enter(id: number): number;
  /** How long the event loop may be held up from now on. */
  allow(limits: Pick<Limits, 'blockTime' | 'hangTime'>): void;
}
