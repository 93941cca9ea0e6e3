import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { Seen, Sent } from './checker.ts';

/** A user on in-memory connections that come and go. It follows a schedule and records the results. */
export class Guest implements Seen {
  readonly user: string;
  readonly exactlyOnce: boolean;
  readonly texts: string[] = [];
  /** Messages that arrived twice on one connection. */
  readonly repeated: string[] = [];
  /** Whether it acknowledges at once, and not on demand. */
  prompt = false;
  online = false;
  reading = true;
  /** The greatest id that it acknowledged. */
  acknowledged = 0;
  /** The greatest id seen, of who is told ids. */
  #known = 0;
  #stream: Duplex | undefined;
  #onConnection = new Set<string>();
  /** What is to be answered next; nothing stands for a command that is no message. */
  #open: (Sent | undefined)[] = [];

  /** A name that begins with `json` speaks JSON and acknowledges, others speak plain lines. */
  constructor(user: string) {
    this.user = user;
    this.exactlyOnce = user.startsWith('json');
  }

  /** Logs in over a new connection, if it has none. */
  comes(connect: () => Duplex): void {
    if (this.#stream !== undefined) return;
    const stream = connect();
    this.#stream = stream;
    this.#onConnection = new Set();
    this.#open = [];
    this.reading = true;
    stream.on('error', () => {});
    stream.once('close', () => this.#gone(stream));
    createInterface({ input: stream }).on('line', (line) => {
      if (this.exactlyOnce) this.#hearJson(line);
      else this.#hearLine(line);
    });
    this.#logIn();
  }

  isCutOff(): void {
    // What the connection took has arrived, as it has in the buffers of a system.
    this.#stream?.resume();
    this.#stream?.read();
    this.#stream?.destroy();
  }

  stopsReading(): void {
    this.reading = false;
    this.#stream?.pause();
  }

  readsOn(): void {
    this.reading = true;
    this.#stream?.resume();
  }

  says(message: Sent | undefined, line: string): void {
    this.#open.push(message);
    this.#write(this.exactlyOnce ? jsonOf(line) : line);
  }

  acknowledges(): void {
    if (!this.exactlyOnce || !this.online) return;
    this.acknowledged = Math.max(this.acknowledged, this.#known);
    this.#write(JSON.stringify({ type: 'acknowledge', id: this.#known }));
  }

  #logIn(): void {
    this.#write(this.exactlyOnce ? JSON.stringify({ type: 'login', name: this.user, password: '' }) : this.user);
  }

  #write(line: string): void {
    this.#stream?.write(`${line}\n`);
  }

  #gone(stream: Duplex): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.online = false;
  }

  #hearLine(line: string): void {
    const text = line.match(/^\[[^\]]+\] \S+: (.*)$/)?.[1];
    if (text !== undefined) this.#hear(text);
    else if (line === 'welcome') this.online = true;
    // The server has not noticed yet that the previous session is over.
    else if (line === 'connected') setImmediate(() => this.#logIn());
    else this.#answered(line === 'sent:');
  }

  #hearJson(line: string): void {
    const event = JSON.parse(line) as { type: string; id: number; text: string; because: string };
    if (event.type === 'message') {
      const { id, text } = event;
      const isNew = id > this.#known;
      this.#known = Math.max(this.#known, id);
      this.#hear(text, isNew);
      if (this.prompt) this.acknowledges();
    } else if (event.type === 'welcome') this.online = true;
    else if (event.type === 'ask' && event.because === 'connected') setImmediate(() => this.#logIn());
    else if (event.type === 'answer' || event.type === 'error') this.#answered(event.text === 'sent:');
  }

  #hear(text: string, isNew = true): void {
    if (this.#onConnection.has(text)) this.repeated.push(text);
    this.#onConnection.add(text);
    if (isNew) this.texts.push(text);
  }

  #answered(ok: boolean): void {
    const message = this.#open.shift();
    if (message !== undefined) message.answered = ok;
  }
}

/** A plain line as a request in JSON. */
function jsonOf(line: string): string {
  const [name = ''] = line.split(' ');
  return JSON.stringify({ type: 'command', name, text: line.slice(name.length + 1) });
}
