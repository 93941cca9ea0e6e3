import type { Message } from '../api/message.ts';

const NO_MESSAGES: readonly Message[] = [];

/** Bytes for a client; clients that are sent the same share one. */
export interface Chunk {
  readonly bytes: Buffer;
  /** The messages that they carry, reported once the transport has taken them. */
  readonly messages: readonly Message[];
  /** How many of the bytes are answers. */
  readonly answerBytes: number;
}

/** Bytes that answer no request. */
export function chunkOf(bytes: Buffer, messages = NO_MESSAGES): Chunk {
  return { bytes, messages, answerBytes: 0 };
}

/** The bytes of an answer. */
export function answerOf(bytes: Buffer): Chunk {
  return { bytes, messages: NO_MESSAGES, answerBytes: bytes.length };
}

/** Chunks as one. */
export function joined(chunks: readonly Chunk[]): Chunk {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const messages: Message[] = [];
  let answerBytes = 0;
  for (const chunk of chunks) {
    for (const message of chunk.messages) messages.push(message);
    answerBytes += chunk.answerBytes;
  }
  return { bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)), messages, answerBytes };
}
