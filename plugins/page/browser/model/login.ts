/** How a chat logs in. */
export interface Login {
  readonly name: string;
  readonly password?: string | undefined;
  readonly register?: boolean;
  /** The code of an invitation to register with. */
  readonly invitation?: string | undefined;
  /** Whether to come in as a guest, without a password. */
  readonly guest?: boolean;
  /** Whether to close another session of the account. */
  readonly takeover?: boolean;
}
