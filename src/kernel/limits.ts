/** What one client may cost. */
export interface SessionLimits {
  /** The longest line of a client, in bytes, terminator included. */
  readonly lineBytes: number;
  /** How much a client may send ahead before it is read no further, in bytes. */
  readonly inputBytes: number;
  /** How much that it did not ask for may wait to be written to a client before it is closed as too slow, in bytes. */
  readonly outboxBytes: number;
  /** How many messages may wait for a client's acknowledgement, where its codec acknowledges. */
  readonly unacknowledged: number;
  /** How many messages of one client may be on their way to the store together. */
  readonly commandsUnderWay: number;
  /** How many lines a client may send before it is logged in. */
  readonly loginLines: number;
  /** Wrong passwords on one connection before it is closed. */
  readonly passwordAttempts: number;
  /** How long what is under way may take when the server stops, in milliseconds, before it is left without an answer. */
  readonly drainTime: number;
  /** How long a closed connection may take to go, in milliseconds, before it is cut. */
  readonly closeTime: number;
}
