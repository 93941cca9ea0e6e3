import type { Duplex } from 'node:stream';
import { PASSWORD, type TestServer } from '../../src/testing/server.ts';

/** How long a client waits for a line, in milliseconds. */
const PATIENCE = 10_000;

/** Numbers the barriers of all clients. */
let barriers = 0;

/** How a client logs in. */
interface Login {
  readonly nick: string;
  /** For SASL, with the nick or, before it, another name or device: `alice@phone`. */
  readonly as?: string;
  readonly password?: string;
  readonly capabilities?: readonly string[];
  readonly address?: string;
}

/** A client of IRC: what it says, and the lines that it reads. */
export class IrcClient {
  readonly #socket: Duplex;
  readonly #lines: string[] = [];
  #rest = '';
  #closed = false;
  #wake = (): void => {};

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\r\n');
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#wake();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** Connects a client, which says nothing yet. */
  static connect(server: TestServer, address?: string): IrcClient {
    return new IrcClient(server.open('irc', address));
  }

  /** Connects a client and logs it in, by SASL if there is a password. Reads up to the end of the message of the day. */
  static async logIn(server: TestServer, login: Login): Promise<IrcClient> {
    const { nick, as = nick, password, capabilities = [], address } = login;
    const client = IrcClient.connect(server, address);
    const wanted = [...capabilities, ...(password === undefined ? [] : ['sasl'])];
    if (wanted.length > 0) client.says(`CAP REQ :${wanted.join(' ')}`);
    if (password !== undefined) {
      client.says('AUTHENTICATE PLAIN');
      client.says(`AUTHENTICATE ${Buffer.from(`\0${as}\0${password}`).toString('base64')}`);
      await client.reads(/ 903 /);
    }
    for (const line of [`NICK ${nick}`, `USER ${nick} 0 * :The real ${nick}`]) client.says(line);
    if (wanted.length > 0) client.says('CAP END');
    await client.reads(/ (376|422) /);
    return client;
  }

  /** Registers a user, and logs a client in as that. */
  static async joins(server: TestServer, nick: string, capabilities: readonly string[] = []): Promise<IrcClient> {
    const line = server.connect(nick);
    await line.registers(nick, PASSWORD);
    await line.logsIn(nick, PASSWORD);
    await line.logsOut();
    return IrcClient.logIn(server, { nick, password: PASSWORD, capabilities });
  }

  /** Sends a line. */
  says(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  /** Sends lines, and reads what the server answers and has sent before that, without tags of the time. */
  async asks(...lines: readonly string[]): Promise<string[]> {
    const token = `barrier-${++barriers}`;
    for (const line of [...lines, `PING ${token}`]) this.says(line);
    const read: string[] = [];
    for (;;) {
      const line = await this.#next();
      if (line.endsWith(` ${token}`)) return read;
      read.push(line);
    }
  }

  /** Reads lines up to one that matches. @returns that one */
  async reads(pattern: RegExp): Promise<string> {
    const before: string[] = [];
    for (;;) {
      const line = await this.#next().catch((cause: unknown) => {
        throw new Error(`no line ${pattern} after:\n${before.join('\n')}`, { cause });
      });
      if (pattern.test(line)) return line;
      before.push(line);
    }
  }

  /** Reads what is left until the server has closed the connection. */
  async ends(): Promise<string[]> {
    const read: string[] = [];
    while (!this.#closed || this.#lines.length > 0) {
      if (this.#lines.length > 0) read.push(...this.#lines.splice(0));
      else await this.#arrival();
    }
    return read;
  }

  /** Closes the connection. */
  hangsUp(): void {
    this.#socket.destroy();
  }

  async #next(): Promise<string> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#closed) throw new Error('the connection is closed');
      await this.#arrival();
    }
  }

  #arrival(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error('no line came in time')), PATIENCE);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }
}
