import type { Duplex } from 'node:stream';

/** What a transport accepted: a byte stream each way, and what is known of the other end. */
export interface Connection {
  /**
   * The bytes. It should stay open for writing when the client ends its side (`allowHalfOpen`), so that what was sent
   * ahead is still answered.
   */
  readonly stream: Duplex;
  /** The client's IP address, or a word for the transports that have none (`unix`, `memory`). */
  readonly address: string;
  /** The transport's name. */
  readonly transport: string;
}
