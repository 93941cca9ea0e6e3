/** A registered user, as far as the kernel knows one. */
export interface Account {
  /** Never 0, never given to anyone else. */
  readonly id: number;
  /** The name as registered. */
  readonly name: string;
}
