import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { token } from './service.ts';

/**
 * Answers a request. What it throws or rejects with is logged, and answered 500. The response has headers that allow a
 * browser nothing: a handler that serves a page sets a `content-security-policy` of its own.
 */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Why an upgrade is refused: a status of HTTP, and a sentence. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly text: string;
}

/**
 * Takes a connection over that asked for a WebSocket, or returns why not. What it throws is logged, and answered 500.
 * @param head what it sent after the request
 */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => UpgradeRefusal | undefined;

/** One HTTP port that plugins share. The `http` plugin provides it. Use it from `start` on. */
export interface Http {
  /**
   * Answers requests for a path and, where it ends with `/`, for what lies below it; the longest path wins.
   * A later handler of the same path stands in front of the earlier one, as a plugin's does after a reload.
   * @returns takes the handler away again: call it in `dispose`
   */
  mount(path: string, handler: HttpHandler): () => void;
  /** The same for connections that are to be upgraded: a WebSocket's. */
  upgrade(path: string, handler: UpgradeHandler): () => void;
  /** Where a request comes from: the connection's IP address, or the one that a proxy from the option `proxies` names. */
  addressOf(request: IncomingMessage): string;
}

export const Http = token<Http>('http');
