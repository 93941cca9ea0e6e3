/** A registered user, as far as the kernel knows one. */
export interface Account {
  /** Never 0, and never reused. */
  readonly id: number;
  /** The name as registered. */
  readonly name: string;
}

/**
 * What happened to an account: it was registered, its roles changed, it was renamed, signed out everywhere, or removed.
 */
export type AccountChange = 'registered' | 'roles' | 'renamed' | 'signed-out' | 'removed';
