import type { Account } from '../kernel/account.ts';
import { nameKey } from '../kernel/names.ts';
import { token } from './service.ts';

/** A block of a user at a network. */
export interface Block {
  readonly network: string;
  /** In milliseconds since 1970. */
  readonly until: number;
}

/** Which logins are blocked: pairs of a user's key (`nameKey`) and a network (`session.network`), each until some time. */
export interface Blocks {
  /** Until when the pair is blocked, in milliseconds since 1970; 0 when it is not. One that ended before `now` is not. */
  find(user: string, network: string, now: number): Promise<number>;
  /** Blocks the pair until `until`, in place of an older block, and forgets the blocks that ended before `now`. */
  add(user: string, network: string, until: number, now: number): Promise<void>;
  /** Ends the block of the pair, if there is one. */
  remove(user: string, network: string): Promise<void>;
  /** All blocks of a user that the store still has, those that have ended too. A store of an earlier version lacks it. */
  list?(user: string): Promise<readonly Block[]>;
}

export const Blocks = token<Blocks>('blocks');

/** What bans and mutes have in the place of a network, where blocks of logins have one. */
const NO_NETWORK = /^[*#]/;

/** Ends all blocks of a user's logins, in a store that lists them. @returns how many there were that had not ended */
export async function liftBlocks(blocks: Blocks, { name }: Account, now: number): Promise<number> {
  const user = nameKey(name);
  const logins = ((await blocks.list?.(user)) ?? []).filter(({ network }) => !NO_NETWORK.test(network));
  for (const { network } of logins) await blocks.remove(user, network);
  return logins.filter(({ until }) => until > now).length;
}
