import { token } from './service.ts';

/** Which logins are blocked: pairs of a user's key (`nameKey`) and a network (`session.network`), each until some time. */
export interface Blocks {
  /** Until when the pair is blocked, in milliseconds since 1970; 0 when it is not. One that ended before `now` is not. */
  find(user: string, network: string, now: number): Promise<number>;
  /** Blocks the pair until `until`, in place of an older block, and forgets the blocks that ended before `now`. */
  add(user: string, network: string, until: number, now: number): Promise<void>;
  /** Ends the block of the pair, if there is one. */
  remove(user: string, network: string): Promise<void>;
}

export const Blocks = token<Blocks>('blocks');
