import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Seen, Sent } from './checker.ts';

/** How many lines a talker sends ahead of the answers. */
const AHEAD = 8;

/** A user who keeps sending over connections that break, and records what was sent, answered and received. */
export class Talker implements Seen {
  readonly user: string;
  readonly exactlyOnce: boolean;
  readonly texts: string[] = [];
  /** How often it has connected again by itself. */
  reconnects = 0;
  readonly #device: string | undefined;
  /** The greatest id seen, of who acknowledges. */
  #known = 0;
  #count = 0;
  /** Unanswered messages: of this connection or, over JSON, where they are retried, of all. */
  #open: Sent[] = [];
  #socket: Socket | undefined;
  #closed: Promise<void> = Promise.resolve();
  #talks: { log: Sent[]; others: readonly string[] } | undefined;
  #welcome: (() => void) | undefined;
  /** The latest token, of who speaks JSON. */
  #token: string | undefined;

  /**
   * @param json whether it speaks JSON and acknowledges, or plain lines
   * @param device its device name, if any
   */
  constructor(user: string, json: boolean, device?: string) {
    this.user = user;
    this.exactlyOnce = json;
    this.#device = device;
  }

  /** Logs in with a password, and sends again what was not answered. */
  async logsIn(port: number, password: string): Promise<void> {
    await this.#connects(port, { type: 'login', name: this.user, password, device: this.#device });
  }

  /** Logs in with its token whenever the connection breaks, and goes on talking, until the signal. Only over JSON. */
  async staysConnected(port: number, until: AbortSignal): Promise<void> {
    until.addEventListener('abort', () => this.#socket?.destroy(), { once: true });
    for (;;) {
      await this.#closed;
      if (until.aborted) return;
      this.reconnects++;
      await this.#connects(port, { type: 'resume', token: this.#token });
    }
  }

  /** Sends nothing new any more. */
  stopsTalking(): void {
    this.#talks = undefined;
  }

  /** Connects, and logs in unless the connection breaks before. */
  async #connects(
    port: number,
    login: { readonly password?: string } & Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    this.#socket = socket;
    if (!this.exactlyOnce) this.#open = [];
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    this.#closed = closed;
    socket.on('error', () => {}).once('close', () => close());
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => (this.exactlyOnce ? this.#hearJson(line) : this.#hearLine(line)));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#welcome = resolve;
    if (this.exactlyOnce) this.#says(login);
    else socket.write(`${this.user}\n${login.password}\n`);
    const isIn = await Promise.race([promise.then(() => true), closed.then(() => false)]);
    if (isIn && this.exactlyOnce) for (const message of this.#open) this.#sends(message, true);
  }

  /** Sends to some of the others until it is cut off. @param log records what it sends */
  talks(log: Sent[], others: readonly string[]): void {
    this.#talks = { log, others };
    while (this.#open.length < AHEAD) this.#talk();
  }

  /** Reads what is left of a connection that was cut off. */
  async isCutOff(): Promise<void> {
    this.stopsTalking();
    await this.#closed;
  }

  async logsOut(): Promise<void> {
    this.#socket?.destroy();
    await this.#closed;
  }

  #talk(): void {
    if (this.#talks === undefined) return;
    const { log, others } = this.#talks;
    const text = `${this.user}-${++this.#count}`;
    const to = others.filter((_, i) => (this.#count >> i) % 2 === 1);
    const [first = ''] = others;
    const message: Sent = { from: this.user, to: to.length > 0 ? to : [first], text, answered: false };
    log.push(message);
    this.#open.push(message);
    if (this.exactlyOnce) this.#sends(message, false);
    else this.#socket?.write(`message (${message.to.join(' ')}) ${text}\n`);
  }

  #answered(ok: boolean): void {
    const message = this.#open.shift();
    if (message !== undefined) message.answered = ok;
    this.#talk();
  }

  #hearLine(line: string): void {
    const text = line.match(/^\[[^\]]+\] \S+: (.*)$/)?.[1];
    if (text !== undefined) this.texts.push(text);
    else if (line === 'welcome') this.#welcome?.();
    else if (line !== 'password') this.#answered(line === 'sent:');
  }

  #hearJson(line: string): void {
    const event = JSON.parse(line) as { type: string; id: number; text: string; token: string };
    if (event.type === 'welcome') this.#welcome?.();
    else if (event.type === 'token') this.#token = event.token;
    else if (event.type === 'answer' || event.type === 'error') this.#answered(event.text === 'sent:');
    else if (event.type === 'message') {
      this.#says({ type: 'acknowledge', id: event.id });
      if (event.id <= this.#known) return;
      this.#known = event.id;
      this.texts.push(event.text);
    }
  }

  #sends({ to, text }: Sent, again: boolean): void {
    this.#says({ type: 'message', to, text, key: text, again });
  }

  #says(event: object): void {
    this.#socket?.write(`${JSON.stringify(event)}\n`);
  }
}
