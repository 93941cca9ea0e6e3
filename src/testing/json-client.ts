import { deepStrictEqual, partialDeepStrictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { ClientEvent, ServerEvent } from '../index.ts';

/** How long a client waits for an event, in milliseconds. */
const PATIENCE = 10_000;

/** A JSON client, with a method for each step of a test. */
export class JsonClient {
  /**
   * The last event `unread`, which follows each login. It is not among the events that `next` and `sees` await, because
   * most tests are about something else.
   */
  unread: Extract<ServerEvent, { type: 'unread' }> | undefined;
  readonly #stream: Duplex;
  readonly #unseen: ServerEvent[] = [];
  #closed = false;
  #wake: (() => void) | undefined;
  #requests = 0;

  /** Uses a connected stream. */
  constructor(stream: Duplex) {
    this.#stream = stream;
    const lines = createInterface({ input: stream });
    // It passes on those of the stream.
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const event = JSON.parse(line) as ServerEvent;
      if (event.type === 'unread') {
        this.unread = event;
        return;
      }
      this.#unseen.push(event);
      this.#wake?.();
    });
    stream.on('error', () => {});
    stream.once('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** Sends an event, or a raw line. */
  says(event: ClientEvent | string): void {
    this.#stream.write(`${typeof event === 'string' ? event : JSON.stringify(event)}\n`);
  }

  /** Awaits the next event. @param what its name in an error message */
  async next(what = 'an event'): Promise<ServerEvent> {
    const deadline = setTimeout(() => this.#wake?.(), PATIENCE);
    if (this.#unseen.length === 0 && !this.#closed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    clearTimeout(deadline);
    const event = this.#unseen.shift();
    if (event !== undefined) return event;
    throw new Error(this.#closed ? `the connection ended; expected ${what}` : `waited ${PATIENCE} ms for ${what}`);
  }

  /** Awaits the next event and checks that it has these fields. */
  async sees(fields: Partial<ServerEvent> | Record<string, unknown>): Promise<ServerEvent> {
    const event = await this.next(JSON.stringify(fields));
    partialDeepStrictEqual(event, fields);
    return event;
  }

  /** Logs in. @param device its name; without one it is the account's default device @returns the token */
  async logsIn(name: string, password: string, device?: string): Promise<string> {
    this.says({ type: 'login', name, password, device });
    await this.sees({ type: 'welcome', name });
    return this.seesToken();
  }

  /** Logs in with a token. @returns the next one */
  async resumes(token: string): Promise<string> {
    this.says({ type: 'resume', token });
    await this.sees({ type: 'welcome' });
    return this.seesToken();
  }

  /** Awaits the event `token`. @returns the token */
  async seesToken(): Promise<string> {
    const event = await this.sees({ type: 'token' });
    return (event as Extract<ServerEvent, { type: 'token' }>).token;
  }

  /** Proves by a round trip that the server has sent nothing else so far. */
  async seesNothing(): Promise<void> {
    const request = `barrier ${++this.#requests}`;
    this.says({ type: 'command', request, name: 'barrier', text: '' });
    await this.sees({ type: 'error', request, reason: 'command' });
  }

  /** Awaits that the connection closes, and that nothing comes before that. */
  async isClosed(): Promise<void> {
    if (!this.#closed) await once(this.#stream, 'close', { signal: AbortSignal.timeout(PATIENCE) });
    deepStrictEqual(this.#unseen, []);
  }

  /** Closes the connection. */
  async closes(): Promise<void> {
    if (this.#closed) return;
    const closed = once(this.#stream, 'close');
    this.#stream.destroy();
    await closed;
  }
}
