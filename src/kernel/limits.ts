/** The limits per client. */
export interface SessionLimits {
  /** The longest line, in bytes, terminator included. */
  readonly lineBytes: number;
  /** How much input is buffered before reading pauses, in bytes. */
  readonly inputBytes: number;
  /** How much output other than answers may be queued before the client is closed as too slow, in bytes. */
  readonly outboxBytes: number;
  /** How many messages may be unacknowledged, for codecs that acknowledge. */
  readonly unacknowledged: number;
  /** How many overlapping commands of one client may run at once. */
  readonly commandsUnderWay: number;
  /** How many lines a client may send before it is logged in. */
  readonly loginLines: number;
  /** How many wrong passwords close a connection. */
  readonly passwordAttempts: number;
  /** How long running commands may take when the server stops, in milliseconds. Later ones get no answer. */
  readonly drainTime: number;
  /** How long a closed connection may linger before it is destroyed, in milliseconds. */
  readonly closeTime: number;
}
