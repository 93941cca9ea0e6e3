import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { Conversation, overStream, RequestError } from 'chatserv/client';
import type { Seen, Sent } from '../broken/checker.ts';
import { PASSWORD } from '../support/program.ts';

/** How many times faster than for people the client's time runs: it tries again sooner. */
const HASTE = 3;

/** A message with its id. */
export interface Arrival {
  readonly id: number;
  readonly text: string;
}

/** A place to write to, and the users who get what is written there by somebody else. */
export interface Place {
  readonly to: string | readonly string[];
  readonly others: readonly string[];
}

/**
 * A user of the client library, which reconnects, resumes and retries by itself. It sends one message at a time, and
 * records what it sent, what was answered and what arrived.
 */
export class User implements Seen {
  readonly user: string;
  readonly exactlyOnce = true;
  readonly arrivals: Arrival[] = [];
  /** The messages that were answered `sent:`. */
  readonly answers: Arrival[] = [];
  readonly conversation: Conversation;
  /** How often it was online again after a lost connection. */
  returns = 0;
  /** How long each answer took, in milliseconds, with all retries. */
  readonly waits: number[] = [];
  /** Resolves once it is online for the first time. */
  readonly online: Promise<void>;

  constructor(user: string, device: string | undefined, port: number) {
    this.user = user;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.online = promise;
    this.conversation = new Conversation({
      open: overStream(() => connect(port, '127.0.0.1')),
      login: { name: user, password: PASSWORD },
      device: device === undefined ? undefined : { name: device },
      clock: {
        now: Date.now,
        monotonic: () => performance.now() * HASTE,
        after(milliseconds, call) {
          const timer = setTimeout(call, milliseconds / HASTE);
          return () => clearTimeout(timer);
        },
      },
      owner: {
        message: ({ id, text }) => void this.arrivals.push({ id, text }),
        state: (state) => {
          if (state.state !== 'online') return;
          if (state.back) this.returns++;
          resolve();
        },
      },
    });
    this.conversation.start();
  }

  get texts(): readonly string[] {
    return this.arrivals.map(({ text }) => text);
  }

  /**
   * Writes to these places in turn.
   * @param pause between an answer and the next message on average, in milliseconds
   * @param said called with each message before it is sent
   */
  async talks(
    places: readonly Place[],
    pause: number,
    until: AbortSignal,
    said: (message: Sent) => void,
  ): Promise<void> {
    for (let count = 1; ; count++) {
      await after(pause * 2 * Math.random(), undefined, { signal: until }).catch(() => {});
      if (until.aborted) return;
      const place = places[count % places.length] as Place;
      const message = { from: this.user, to: place.others, text: `${this.user}-${count}`, answered: false };
      said(message);
      const began = performance.now();
      try {
        const { facts } = await this.conversation.message(place.to, message.text);
        message.answered = true;
        this.answers.push({ id: Number(facts?.id), text: message.text });
        this.waits.push(performance.now() - began);
      } catch (error) {
        // It may have been kept, or not.
        if (!(error instanceof RequestError) || error.reason !== 'internal') throw error;
      }
    }
  }
}
