import type { Duplex } from 'node:stream';
import { checkConfig } from '../config/check.ts';
import { Host } from '../host/host.ts';
import { LIMITS, type Limits } from '../host/limits.ts';
import { registerModuleHooks } from '../host/self.ts';
import { loadStandardSet } from '../host/standard.ts';
import type { Difference, Logger, Plugin } from '../index.ts';
import { VirtualClock } from './clock.ts';
import { JsonClient } from './json-client.ts';
import { LineClient } from './line-client.ts';
import { connectedPair } from './memory-transport.ts';

/** The password of all users that `joins`, `returns` and `registers` log in or register. */
export const PASSWORD = 'tea-at-four';

/** The default address of clients. */
const ADDRESS = '192.0.2.1';

/** The standard set for tests: no sockets, no files, cheap hashes, and no line that follows each join. */
const TEST_SET = {
  tcp: false,
  http: false,
  websocket: false,
  page: false,
  control: false,
  admin: false,
  sqlite: false,
  memory: true,
  password: { memory: 8192, passes: 1 },
  history: { announce: false },
};

/** An entry of the server's log. */
export interface Logged {
  readonly level: keyof Logger;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A config's `plugins`: options, `true` or `false` by the plugin's name, or plugins themselves under any name. */
export type TestPlugins = Readonly<Record<string, boolean | object | Plugin>>;

/**
 * Starts a server in memory, with a clock that the test advances. `await using` stops it.
 * @param plugins laid over the standard plugins. Those that open sockets or files are off by default
 * @param limits laid over the default limits. Unless they set `exempt`, limits per network do not apply to 192.0.2.1,
 * the default address of clients
 * @throws ConfigErrors when a plugin cannot be set up
 */
export async function startServer(
  plugins: TestPlugins = {},
  limits: Partial<Limits> = {},
  clock = new VirtualClock(),
): Promise<TestServer> {
  registerModuleHooks();
  const name = 'the test';
  const logged: Logged[] = [];
  const note = (level: keyof Logger) => (facts: object, text: string) => {
    logged.push({ level, facts: { ...facts }, text });
  };
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const listening = new Map<string, string>();
  const listens = (transport: string, where: string) => void listening.set(transport, where);
  let entries: TestPlugins = { ...TEST_SET, ...plugins };
  const again = async () => ({
    ...(await checkConfig(
      { plugins: entries, limits: { exempt: [ADDRESS, ...LIMITS.exempt], ...limits } },
      await loadStandardSet(),
      name,
    )),
    place: { folder: process.cwd(), name },
    logger,
    clock,
    listens,
  });
  const host = await Host.start({ ...(await again()), again });
  const reload = async (edited: TestPlugins): Promise<Difference> => {
    const before = entries;
    entries = { ...entries, ...Object.fromEntries(Object.entries(edited).map(([key, one]) => [key, asEdited(one)])) };
    // To switch off a plugin that was passed as an object, remove it: no file or package has its name.
    entries = Object.fromEntries(
      Object.entries(entries).filter(([key, one]) => one !== false || !isPlugin(before[key])),
    );
    try {
      return await host.reload();
    } catch (cause) {
      entries = before;
      throw cause;
    }
  };
  return new TestServer(host, clock, logged, listening, reload);
}

/** A plugin object as if its code had changed. */
function asEdited(entry: boolean | object): boolean | object {
  if (!isPlugin(entry)) return entry;
  return { ...entry, setup: (context) => entry.setup(context) } satisfies Plugin;
}

export function isPlugin(entry: boolean | object | undefined): entry is Plugin {
  return typeof entry === 'object' && 'setup' in entry;
}

/** A server in memory. */
export class TestServer {
  /** @internal */
  readonly host: Host;
  /** Its clock, which stands still until the test advances it. */
  readonly clock: VirtualClock;
  /** Everything that it has logged. */
  readonly logged: readonly Logged[];
  /** The addresses that transports listen on, such as `127.0.0.1:4119`, by the transport's name. */
  readonly listening: ReadonlyMap<string, string>;
  readonly #clients: (LineClient | JsonClient)[] = [];
  readonly #reload: (edited: TestPlugins) => Promise<Difference>;

  /** @internal */
  constructor(
    host: Host,
    clock: VirtualClock,
    logged: readonly Logged[],
    listening: ReadonlyMap<string, string>,
    reload: (edited: TestPlugins) => Promise<Difference>,
  ) {
    this.host = host;
    this.clock = clock;
    this.logged = logged;
    this.listening = listening;
    this.#reload = reload;
  }

  /**
   * Reloads while clients stay connected, as `chatserv reload` does after an edit.
   * @param edited laid over the current plugins; a plugin object counts as edited, even if it is the same one
   * @returns what has changed
   * @throws ConfigErrors when a plugin cannot be set up or started; then nothing changes
   */
  reload(edited: TestPlugins = {}): Promise<Difference> {
    return this.#reload(edited);
  }

  /** What it has logged at the levels `warn` and `error`. */
  get failures(): readonly Logged[] {
    return this.logged.filter(({ level }) => level === 'error' || level === 'warn');
  }

  /** How often each limit was hit, by its name. */
  get limitHits(): Readonly<Record<string, number>> {
    return this.host.limitHits;
  }

  /** @deprecated `limitHits` */
  get limitsMet(): Readonly<Record<string, number>> {
    return this.limitHits;
  }

  /** Connects a client that speaks plain lines. @param address its address */
  connect(name = 'a client', address = ADDRESS): LineClient {
    return this.#lineClient('line', name, address);
  }

  /** Connects a client that speaks `classic`. @param address its address */
  connectClassic(name = 'a classic client', address = ADDRESS): LineClient {
    return this.#lineClient('classic', name, address);
  }

  /** Connects a client that speaks JSON, to the listener of plain lines. @param address its address */
  connectJson(address = ADDRESS): JsonClient {
    const client = new JsonClient(this.open('line', address));
    this.#clients.push(client);
    return client;
  }

  /** Opens a connection for a codec of the test's own. @returns the client's end */
  open(codec = 'line', address = ADDRESS): Duplex {
    const ends = connectedPair();
    this.host.server.accept({ stream: ends.server, address, transport: 'memory' }, codec);
    return ends.client;
  }

  #lineClient(codec: string, name: string, address: string): LineClient {
    const client = new LineClient(this.open(codec, address), name, () => this.clock.now());
    this.#clients.push(client);
    return client;
  }

  /** Connects, and registers and logs in a new user. */
  async joins(name: string, address?: string): Promise<LineClient> {
    const client = this.connect(name, address);
    await client.registers(name, PASSWORD);
    await client.logsIn(name, PASSWORD);
    return client;
  }

  /** Connects and logs in a registered user. */
  async returns(name: string, address?: string): Promise<LineClient> {
    const client = this.connect(name, address);
    await client.logsIn(name, PASSWORD);
    return client;
  }

  /** Registers users, who are offline afterwards. */
  async registers(...names: readonly string[]): Promise<void> {
    const client = this.connect('a registrar');
    for (const name of names) await client.registers(name, PASSWORD);
    await client.closes();
  }

  /** Closes all clients and stops the server: `await using` calls it. */
  async [Symbol.asyncDispose](): Promise<void> {
    // First: the server would wait for open sessions, by a clock that stands still.
    await Promise.all(this.#clients.map((client) => client.closes()));
    await this.host.stop('shutdown');
  }
}
