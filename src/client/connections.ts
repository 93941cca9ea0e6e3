import type { Clock } from '../api/clock.ts';
import type { Carrier, CarrierEvents, OpenCarrier } from './carriers.ts';

/** Waits before a lost connection is tried again, in milliseconds: the first is doubled each time up to the longest. */
const RETRY = { first: 1_000, longest: 30_000 };

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIME = 15_000;

/** After so much silence it is tried whether the connection still is one, in milliseconds. */
const SILENCE = 30_000;

/** What is to be said of a connection that ends without a reason: of one that talked, and of one that never did. */
const CLOSED = { talking: 'the server closed it', silent: 'the server closed it without a word' };

/** What the connections need of the conversation. */
export interface ConnectionsHost {
  readonly open: OpenCarrier;
  readonly clock: Clock;
  /** Chance, at least 0 and less than 1. */
  readonly random: () => number;
  /** A connection is being made. */
  connecting(): void;
  /** There is one. */
  connected(link: Link): void;
  line(text: string, link: Link): void;
  /** There is none, or none any more. */
  lost(why: string): void;
  /** Nothing was heard for long. */
  silent(link: Link): void;
}

/** One connection. */
export interface Link {
  carrier?: Carrier;
  /** Whether anything was heard on it. */
  heard?: boolean;
  /** Whether it is logged in. */
  welcome?: boolean;
  /** Aborted when it is lost or dropped. */
  readonly gone: AbortController;
}

/** The connections of a conversation, one at a time: what comes of an earlier one is nobody's any more. */
export class Connections {
  readonly #host: ConnectionsHost;
  #link: Link | undefined;
  #attempts = 0;
  #lastHeard = 0;
  #silence = SILENCE;
  /** Ends the wait for the next attempt, for the connection, or for something to be heard on it. */
  #cancelWait = () => {};

  constructor(host: ConnectionsHost) {
    this.#host = host;
  }

  /** The present one, which may still be opening. */
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
      line: (text) => current() && this.#hear(text, link),
      closed: (why = link.heard ? CLOSED.talking : CLOSED.silent) => current() && this.#lose(why),
    };
    this.#cancelWait = this.#host.clock.after(CONNECT_TIME, () => this.#lose('no answer in time'));
    try {
      link.carrier = this.#host.open(events);
    } catch (cause) {
      this.#lose(cause instanceof Error ? cause.message : String(cause));
    }
  }

  send(event: object): void {
    this.#link?.carrier?.send(JSON.stringify(event));
  }

  /** Closes the present one, and makes no other. */
  drop(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#cancelWait();
    link?.carrier?.close();
    link?.gone.abort();
  }

  /** Makes another one after a while, which is longer each time and random in part. @returns after how many milliseconds */
  retry(): number {
    const longest = Math.min(RETRY.first * 2 ** this.#attempts++, RETRY.longest);
    const delay = longest * (0.5 + this.#host.random() / 2);
    this.#cancelWait = this.#host.clock.after(delay, () => this.connect());
    return delay;
  }

  /** The present one is of use: when it is lost, the next is not waited for long. */
  worked(): void {
    this.#attempts = 0;
  }

  /** The server closes who is silent for so many milliseconds: a client that is there is not idle. */
  expectTimeout(milliseconds: number): void {
    this.#silence = Math.min(SILENCE, milliseconds / 2);
  }

  #opened(link: Link): void {
    this.#cancelWait();
    this.#lastHeard = this.#now();
    this.#heed(link);
    this.#host.connected(link);
  }

  #hear(text: string, link: Link): void {
    link.heard = true;
    this.#lastHeard = this.#now();
    this.#host.line(text, link);
  }

  #lose(why: string): void {
    this.drop();
    this.#host.lost(why);
  }

  /** By the monotonic clock, where there is one: a time of day that is set tells nothing of the server. */
  #now(): number {
    const { clock } = this.#host;
    return clock.monotonic?.() ?? clock.now();
  }

  #heed(link: Link): void {
    this.#cancelWait = this.#host.clock.after(this.#silence, () => {
      if (this.#now() - this.#lastHeard >= this.#silence) this.#host.silent(link);
      if (this.#link === link) this.#heed(link);
    });
  }
}
