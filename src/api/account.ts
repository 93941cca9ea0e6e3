/** A registered user, as far as the kernel knows one. */
export interface Account {
  /** Never 0, and never reused. A guest's is negative. */
  readonly id: number;
  /** The name as registered. */
  readonly name: string;
}

/**
 * What happened to an account: it was registered, its roles changed, it was renamed, signed out everywhere, or removed.
 */
export type AccountChange = 'registered' | 'roles' | 'renamed' | 'signed-out' | 'removed';

/** What the names of guests end with by default. No user name can contain brackets. */
export const GUEST_MARK = '[guest]';

/** Whether this is a guest whom no store has: one gets live messages only, and nothing may be stored for it. */
export function isGuest({ id }: Pick<Account, 'id'>): boolean {
  return id < 0;
}
