import { type Conversation, type Received, type RequestError, requestProblem, undeliveredTo } from 'chatserv/client';
import { server } from './server.ts';
import type { Entry, Talk } from './talk.ts';
import type { Talks } from './talks.ts';
import type { Watcher } from './watcher.ts';

/** What is sent: a text, and how. */
export type Draft = Pick<Entry, 'text' | 'form' | 'reply'>;

/** What this needs from the chat. */
export interface OutgoingHost {
  readonly talks: Talks;
  readonly watcher: Pick<Watcher, 'added' | 'changed'>;
  conversation(): Pick<Conversation, 'message'>;
}

/** The messages that this page sends: each is listed at once, and in the place that the server gives it once it has. */
export class Outgoing {
  readonly #host: OutgoingHost;

  constructor(host: OutgoingHost) {
    this.#host = host;
  }

  /** Sends a message, now or once there is a connection. @param from the user's name */
  send(talk: Talk, from: string, { text, form, reply }: Draft): void {
    const { talks, watcher } = this.#host;
    const time = Date.now();
    const entry = talks.add(talk, { from, mine: true, text, form, reply, time, state: 'waiting' });
    watcher.added(talk, entry, false);
    void this.#deliver(talk, entry);
  }

  /**
   * The server has sent a message of the user: one to oneself, one of another device, or one that this page has sent as
   * another device. @returns whether it is listed
   */
  returned(talk: Talk, { id, text }: Pick<Received, 'id' | 'text'>): boolean {
    const isSame = (entry: Entry) => entry.state !== undefined && entry.id === undefined && entry.text === text;
    const { entries } = talk;
    if (id === 0) return entries.some(isSame);
    if (entries.some((entry) => entry.id === id)) return true;
    const inDoubt = entries.find((entry) => entry.isInDoubt && isSame(entry));
    if (inDoubt !== undefined) this.#stored(talk, inDoubt, id);
    return inDoubt !== undefined;
  }

  async #deliver(talk: Talk, entry: Entry): Promise<void> {
    const { text, form, reply } = entry;
    try {
      const { facts } = await this.#host.conversation().message(talk.to, text, { form, reply });
      // As others read it: it may have been written long before.
      entry.time = Date.now();
      const unknown = Array.isArray(facts?.unknown) ? facts.unknown.map(String) : [];
      const remark = undeliveredTo(unknown, talk.to.length, server.keepsMessages);
      this.#stored(talk, entry, Number(facts?.id ?? 0), unknown.length > 0 ? remark : undefined);
    } catch (cause) {
      const error = cause as RequestError;
      const isInDoubt = error.reason === 'closed';
      const remark = `${isInDoubt ? '' : 'Not sent. '}${requestProblem(error)}`;
      this.#change(entry, { state: 'failed', isInDoubt, remark });
    }
  }

  /** The server has a message. @param id 0 if it does not keep it */
  #stored(talk: Talk, entry: Entry, id: number, remark?: string): void {
    this.#change(entry, { state: 'sent', isInDoubt: undefined, remark });
    if (id > 0) this.#host.talks.settle(talk, entry, id);
  }

  #change(entry: Entry, changed: Pick<Entry, 'state' | 'isInDoubt' | 'remark'>): void {
    Object.assign(entry, changed, { version: (entry.version ?? 0) + 1 });
    this.#host.watcher.changed(entry);
    this.#host.talks.touch();
  }
}
