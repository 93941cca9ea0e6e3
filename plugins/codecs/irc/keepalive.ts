import type { Client } from './client.ts';
import type { Irc } from './irc.ts';

/** How often clients are looked at, as a part of the time that one may be silent. */
const LOOKS = 4;

/** Whether a client that is online says something soon, asked by a PING. @param time in milliseconds */
export async function answersPing(client: Client, time: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  client.onLine(() => resolve(true));
  const cancel = client.irc.clock.after(time, () => resolve(false));
  client.session.onClosed(() => resolve(false));
  ping(client);
  const answers = await promise;
  cancel();
  return answers;
}

function ping(client: Client): void {
  client.sendText(client.text({ source: undefined, command: 'PING', params: [client.irc.options.name] }));
}

/**
 * Sends a PING to clients that have said nothing for a while, so that those that live are not taken for idle, and closes
 * those that do not answer.
 */
export class Keepalive {
  readonly #irc: Irc;
  #cancel = (): void => {};

  constructor(irc: Irc) {
    this.#irc = irc;
  }

  /** Begins to look at the clients. One timer for all of them: one for each would cost more than a client does. */
  start(): void {
    this.stop();
    const { clock, options } = this.#irc;
    const look = (): void => {
      this.#cancel = clock.after((options.pingTime * 1000) / LOOKS, look);
      for (const client of this.#irc.clients.all()) this.#check(client, options.pingTime * 1000);
    };
    this.#cancel = clock.after((options.pingTime * 1000) / LOOKS, look);
  }

  stop(): void {
    this.#cancel();
  }

  #check(client: Client, time: number): void {
    const { session } = client;
    const { silence } = session;
    if (silence < time) {
      client.isPinged = false;
      return;
    }
    if (silence >= 2 * time && client.isPinged) {
      const { clients, lastWords, options } = this.#irc;
      const { account } = client;
      if (clients.of(account).length === 1) lastWords.set(account.id, `Ping timeout: ${2 * options.pingTime} seconds`);
      session.close('timeout', 2 * options.pingTime);
      lastWords.delete(account.id);
    } else if (!client.isPinged) {
      client.isPinged = true;
      ping(client);
    }
  }
}
