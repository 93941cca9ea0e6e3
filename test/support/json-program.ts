import type { ServerEvent } from 'chatserv';
import { type JsonClient, PASSWORD } from 'chatserv/testing';

/** A room in the facts of `unread` and `conversations`. */
interface ListedFacts {
  readonly room: number;
  readonly kind: string;
  readonly roomName?: string;
  readonly members?: readonly string[];
  readonly unread: number;
  readonly mentions: number;
  readonly seq: number;
  readonly last: number;
}

/** The facts of answers, as far as tests use them. */
export interface Facts {
  readonly id?: number;
  readonly rooms?: readonly ListedFacts[];
  readonly next?: number;
  readonly [fact: string]: unknown;
}

/** A JSON client that asks for facts, and sets aside everything else that it is sent. */
export class Program {
  readonly client: JsonClient;
  readonly #others: ServerEvent[] = [];
  #requests = 0;

  constructor(client: JsonClient) {
    this.client = client;
  }

  static async logsIn(client: JsonClient, name: string, device?: string): Promise<Program> {
    client.says({ type: 'login', name, password: PASSWORD, ...(device !== undefined && { device }) });
    await client.sees({ type: 'welcome', name });
    return new Program(client);
  }

  /** Calls a command. @returns its facts @throws when it is refused */
  async asks(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<Facts> {
    const request = ++this.#requests;
    this.client.says({ type: 'command', request, name, values });
    for (;;) {
      const event = await this.client.next(`the answer to ${name}`);
      if (!('request' in event) || event.request !== request) this.#others.push(event);
      else if (event.type === 'answer') return event.facts ?? {};
      else throw new Error(JSON.stringify(event));
    }
  }

  /** The other events so far of this type. They are forgotten. */
  takes<Type extends ServerEvent['type']>(type: Type): Extract<ServerEvent, { type: Type }>[] {
    const is = (event: ServerEvent): event is Extract<ServerEvent, { type: Type }> => event.type === type;
    const found = this.#others.filter(is);
    this.#others.splice(0, this.#others.length, ...this.#others.filter((event) => !is(event)));
    return found;
  }
}
