import type { Clock } from '../api/clock.ts';
import type { Carrier, CarrierEvents, OpenCarrier } from './carriers.ts';

/** Waits before reconnecting, in milliseconds: the first one doubles each time, up to the longest. */
const RETRY = { first: 1_000, longest: 30_000 };

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIME = 15_000;

/** After this much silence the connection is checked, in milliseconds. */
const SILENCE = 30_000;

/** What the connections need from the conversation. */
export interface ConnectionsHost {
  readonly open: OpenCarrier;
  readonly clock: Clock;
  /** Returns a random number, at least 0 and less than 1. */
  readonly random: () => number;
  /** A connection is being made. */
  connecting(): void;
  /** A connection was made. */
  connected(link: Link): void;
  line(text: string, link: Link): void;
  /** The connection could not be made, or is lost. */
  lost(why: string): void;
  /** Nothing has been received for long. */
  silent(link: Link): void;
}

/** One connection. */
export interface Link {
  carrier?: Carrier;
  /** Whether anything was received on it. */
  heard?: boolean;
  /** Whether it is logged in. */
  welcome?: boolean;
  /** Aborted when it is lost or dropped. */
  readonly gone: AbortController;
}

/** The connections of a conversation, one at a time. Events of earlier ones are ignored. */
export class Connections {
  readonly #host: ConnectionsHost;
  #link: Link | undefined;
  #attempts = 0;
  #lastHeard = 0;
  #silence = SILENCE;
  /** Cancels the timer for the next attempt, the connection, or the next check. */
  #cancelWait = () => {};

  constructor(host: ConnectionsHost) {
    this.#host = host;
  }

  /** The current one, which may still be opening. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** Makes a new one, at once. */
  connect(): void {
    this.drop();
    const link: Link = { gone: new AbortController() };
    this.#link = link;
    this.#host.connecting();
    const current = () => this.#link === link;
    const events: CarrierEvents = {
      opened: () => current() && this.#opened(link),
      line: (text) => current() && this.#receive(text, link),
      closed: (why = link.heard ? 'cut' : 'no-greeting') => current() && this.#lose(why),
    };
    this.#cancelWait = this.#host.clock.after(CONNECT_TIME, () => this.#lose('no-answer'));
    try {
      link.carrier = this.#host.open(events);
    } catch (cause) {
      this.#lose(cause instanceof Error ? cause.message : String(cause));
    }
  }

  send(event: object): void {
    this.#link?.carrier?.send(JSON.stringify(event));
  }

  /** Closes the current one without making another. */
  drop(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#cancelWait();
    link?.carrier?.close();
    link?.gone.abort();
  }

  /** Reconnects after a wait that grows each time and is partly random. @returns the wait in milliseconds */
  retry(): number {
    const longest = Math.min(RETRY.first * 2 ** this.#attempts++, RETRY.longest);
    const delay = longest * (0.5 + this.#host.random() / 2);
    this.#cancelWait = this.#host.clock.after(delay, () => this.connect());
    return delay;
  }

  /** The current one works: if it is lost, the first wait is short again. */
  worked(): void {
    this.#attempts = 0;
  }

  /** The server closes clients that are idle for so many milliseconds: checks twice as often, which sends something. */
  expectTimeout(milliseconds: number): void {
    this.#silence = Math.min(SILENCE, milliseconds / 2);
  }

  #opened(link: Link): void {
    this.#cancelWait();
    this.#lastHeard = this.#now();
    this.#watchSilence(link);
    this.#host.connected(link);
  }

  #receive(text: string, link: Link): void {
    link.heard = true;
    this.#lastHeard = this.#now();
    this.#host.line(text, link);
  }

  #lose(why: string): void {
    this.drop();
    this.#host.lost(why);
  }

  /** The monotonic time, if the clock has one: the time of day may be set. */
  #now(): number {
    const { clock } = this.#host;
    return clock.monotonic?.() ?? clock.now();
  }

  #watchSilence(link: Link): void {
    this.#cancelWait = this.#host.clock.after(this.#silence, () => {
      if (this.#now() - this.#lastHeard >= this.#silence) this.#host.silent(link);
      if (this.#link === link) this.#watchSilence(link);
    });
  }
}
