import type { Duplex } from 'node:stream';

/** A connection that a transport accepted: a duplex byte stream, and its origin. */
export interface Connection {
  /**
   * The bytes. It should stay writable when the client ends its side (`allowHalfOpen`), so that pipelined commands are
   * still answered.
   */
  readonly stream: Duplex;
  /** The client's IP address, or a word where the transport has none (`unix`, `memory`). */
  readonly address: string;
  /** The transport's name. */
  readonly transport: string;
}
