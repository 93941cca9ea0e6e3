import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import type { Seen, Sent } from '../broken/checker.ts';
import { PASSWORD } from '../support/program.ts';

/** Where the server is; after a restart it is elsewhere. */
export interface Place {
  port: number;
}

/** How long a visit lasts, how long it is till the next one, and how long between two commands, in milliseconds. */
const VISIT = { least: 500, most: 10_000 };
const REST = { least: 50, most: 2_000 };
const PACE = { least: 100, most: 800 };

/** How often a login is tried again, in milliseconds: the server may not know yet that the last visit is over. */
const AGAIN = 50;

export function between({ least, most }: { readonly least: number; readonly most: number }): number {
  return least + Math.random() * (most - least);
}

/**
 * A user who comes and goes, says things, and notes what was said, answered and seen. One who speaks JSON and
 * acknowledges also breaks off its connections; one of plain lines ends them in order, since what the system had taken
 * for it would be lost.
 */
export class Visitor implements Seen {
  readonly user: string;
  readonly exactlyOnce: boolean;
  texts: string[] = [];
  visits = 0;
  readonly #place: Place;
  readonly #said: (message: Sent) => void;
  #known = 0;
  #count = 0;
  /** What is to be answered on this connection; nothing stands for a command that is no message. */
  #open: (Sent | undefined)[] = [];
  #socket: Socket | undefined;
  #closed: Promise<void> = Promise.resolve();
  #wake: ((welcome: boolean) => void) | undefined;

  constructor(user: string, json: boolean, place: Place, said: (message: Sent) => void) {
    this.user = user;
    this.exactlyOnce = json;
    this.#place = place;
    this.#said = said;
  }

  /** Visits until it is told to stop, and then leaves. @param others whom it talks to */
  async lives(others: readonly string[], stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.comes();
      const end = Date.now() + between(VISIT);
      while (Date.now() < end && !stop.aborted && this.#socket !== undefined) {
        this.#act(others);
        await after(between(PACE));
      }
      await this.leaves(!stop.aborted);
      if (!stop.aborted) await after(between(REST));
    }
  }

  /** Logs in, and tries until it is let in. */
  async comes(): Promise<void> {
    while (!(await this.#tries())) await after(AGAIN);
    this.visits++;
  }

  /** @param breaks whether it may break its connection off */
  async leaves(breaks: boolean): Promise<void> {
    const socket = this.#socket;
    if (breaks && this.exactlyOnce && Math.random() < 0.5) {
      if (Math.random() < 0.5) socket?.resetAndDestroy();
      else socket?.destroy();
    } else if (Math.random() < 0.5) socket?.end();
    else this.#command('logout');
    await this.#closed;
  }

  async #tries(): Promise<boolean> {
    const socket = connect({ port: this.#place.port, host: '127.0.0.1', allowHalfOpen: false });
    this.#socket = socket;
    this.#open = [];
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    this.#closed = closed;
    const { promise: welcome, resolve } = Promise.withResolvers<boolean>();
    this.#wake = resolve;
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      resolve(false);
      close();
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => (this.exactlyOnce ? this.#hearJson(line) : this.#hearLine(line)));
    if (this.exactlyOnce) this.#writes({ type: 'login', name: this.user, password: PASSWORD });
    else socket.write(`${this.user}\n${PASSWORD}\n`);
    if (await welcome) return true;
    socket.destroy();
    await closed;
    return false;
  }

  #act(others: readonly string[]): void {
    const what = Math.random();
    if (what < 0.35) this.#says([others[Math.floor(Math.random() * others.length)] as string]);
    else if (what < 0.55) this.#says(others.filter(() => Math.random() < 0.3));
    else if (what < 0.7) this.#says(others, 'broadcast');
    else
      this.#command(
        ['who', 'whoelse', 'wholast 5', 'fetch', 'nonsense', 'message', 'shout hi'][this.#count++ % 7] ?? '',
      );
  }

  #says(to: readonly string[], form = `message (${to.join(' ')})`): void {
    if (to.length === 0) return;
    const message = {
      from: this.user,
      to,
      text: `${this.user}-${++this.#count} ${'x'.repeat(this.#count % 200)}`,
      answered: false,
    };
    this.#said(message);
    this.#command(`${form} ${message.text}`, message);
  }

  #command(line: string, message?: Sent): void {
    this.#open.push(message);
    const [name = ''] = line.split(' ');
    if (this.exactlyOnce) this.#writes({ type: 'command', name, text: line.slice(name.length + 1) });
    else this.#socket?.write(`${line}\n`);
  }

  #writes(event: object): void {
    this.#socket?.write(`${JSON.stringify(event)}\n`);
  }

  #answered(ok: boolean): void {
    const message = this.#open.shift();
    if (message !== undefined) message.answered = ok;
  }

  #hearLine(line: string): void {
    const text = line.match(/^\[[^\]]+\] \S+: (.*)$/)?.[1];
    if (text !== undefined) this.texts.push(text);
    else if (line === 'welcome') this.#wake?.(true);
    else if (line === 'connected') this.#wake?.(false);
    else if (line !== 'password') this.#answered(line === 'sent:');
  }

  #hearJson(line: string): void {
    const event = JSON.parse(line) as { type: string; id: number; text: string };
    if (event.type === 'welcome') this.#wake?.(true);
    else if (event.type === 'ask') this.#wake?.(false);
    else if (event.type === 'answer' || event.type === 'error') this.#answered(event.text === 'sent:');
    else if (event.type === 'message') {
      this.#writes({ type: 'acknowledge', id: event.id });
      if (event.id <= this.#known) return;
      this.#known = event.id;
      this.texts.push(event.text);
    }
  }
}
