import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { token } from './service.ts';

/**
 * Answers a request. Errors are logged and answered with status 500. By default the response's headers allow a page
 * nothing: a handler that serves one sets its own `content-security-policy`.
 */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Refuses an upgrade, with an HTTP status and a sentence. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly text: string;
}

/**
 * Takes over a connection that asked for a WebSocket, or refuses it. Errors are logged and answered with status 500.
 * @param head what the client sent after the request
 */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => UpgradeRefusal | undefined;

/** One HTTP port that plugins share. The `http` plugin provides it. Use it from `start` on. */
export interface Http {
  /**
   * Handles requests for a path and, if it ends with `/`, for paths below it; the longest path wins. A later handler of
   * the same path replaces the earlier one until it is removed, as after a plugin's reload.
   * @returns a function that removes the handler: call it in `dispose`
   */
  mount(path: string, handler: HttpHandler): () => void;
  /** The same for upgrade requests, such as those of WebSockets. */
  upgrade(path: string, handler: UpgradeHandler): () => void;
  /** The client's IP address: the connection's, or the one named by a proxy from the option `proxies`. */
  addressOf(request: IncomingMessage): string;
}

export const Http = token<Http>('http');
