import { once } from 'node:events';
import { connect } from 'node:net';
import { JsonClient, LineClient, type LineClientOptions, PASSWORD } from 'chatserv/testing';

/** A server that clients reach over TCP. */
export abstract class Reachable {
  host = '';
  port = 0;
  readonly #clients: (LineClient | JsonClient)[] = [];

  /** Connects a client; it is closed with the server at the latest. */
  async connect(options: LineClientOptions = {}): Promise<LineClient> {
    const client = await LineClient.connect(this.port, this.host, options);
    this.#clients.push(client);
    return client;
  }

  /** Connects a client that speaks JSON; it is closed with the server at the latest. */
  async connectJson(): Promise<JsonClient> {
    const socket = connect(this.port, this.host);
    await once(socket, 'connect');
    const client = new JsonClient(socket);
    this.#clients.push(client);
    return client;
  }

  /** Connects, registers and logs in a user who is new. */
  async joins(name: string, password: string = PASSWORD): Promise<LineClient> {
    const client = await this.connect({ name });
    await client.registers(name, password);
    await client.logsIn(name, password);
    return client;
  }

  /** Connects and logs in a user who is registered. */
  async returns(name: string, password: string = PASSWORD): Promise<LineClient> {
    const client = await this.connect({ name });
    await client.logsIn(name, password);
    return client;
  }

  /** Registers users who then are offline. */
  async registers(...names: readonly string[]): Promise<void> {
    const client = await this.connect({ name: 'a registrar' });
    for (const name of names) await client.registers(name, PASSWORD);
    await client.closes();
  }

  protected async closesClients(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.closes()));
  }
}
