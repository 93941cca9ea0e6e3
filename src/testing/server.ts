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

/** The password of `joins` and `returns`. */
export const PASSWORD = 'tea-at-four';

/** Where clients come from unless a test says otherwise. */
const ADDRESS = '192.0.2.1';

/** The standard set as tests run it: no socket, no file, and hashes that cost little. */
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
};

/** Something that the server's log was told. */
export interface Logged {
  readonly level: keyof Logger;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Options by the plugin's name, `true` or `false`, or plugins themselves. */
export type TestPlugins = Readonly<Record<string, boolean | object | Plugin>>;

/**
 * Starts a server in memory, with a clock that the test moves. `await using` ends it.
 * @param plugins laid over the standard set
 * @param limits without `exempt` those per network hold for no client from 192.0.2.1, where clients come from unless
 * the test says otherwise
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
    // A plugin itself is off when it is not there: no file or package is named so.
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

/** A plugin itself as one whose code is another. */
function asEdited(entry: boolean | object): boolean | object {
  if (!isPlugin(entry)) return entry;
  return { ...entry, setup: (context) => entry.setup(context) } satisfies Plugin;
}

export function isPlugin(entry: boolean | object | undefined): entry is Plugin {
  return typeof entry === 'object' && 'setup' in entry;
}

/** A server in memory. */
export class TestServer {
  readonly host: Host;
  readonly clock: VirtualClock;
  /** All that its log was told. */
  readonly logged: readonly Logged[];
  /** Where transports listen, by their names: `127.0.0.1:4119`. */
  readonly listening: ReadonlyMap<string, string>;
  readonly #clients: (LineClient | JsonClient)[] = [];
  readonly #reload: (edited: TestPlugins) => Promise<Difference>;

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
   * @param edited laid over the plugins so far; a plugin itself counts as edited, also the one that it was started with
   * @returns what is different
   * @throws Mistakes when something is wrong with them; then all is as it was
   */
  reload(edited: TestPlugins = {}): Promise<Difference> {
    return this.#reload(edited);
  }

  /** What the log was told at the levels `warn` and `error`. */
  get failures(): readonly Logged[] {
    return this.logged.filter(({ level }) => level === 'error' || level === 'warn');
  }

  /** How often each limit was met, by its name. */
  get limitsMet(): Readonly<Record<string, number>> {
    return this.host.limitHits;
  }

  /** Connects a client of the plain lines. @param address where it comes from */
  connect(name = 'a client', address = ADDRESS): LineClient {
    return this.#lineClient('line', name, address);
  }

  /** Connects a client of the ancestor's. @param address where it comes from */
  connectClassic(name = 'a classic client', address = ADDRESS): LineClient {
    return this.#lineClient('classic', name, address);
  }

  /** Connects a client that speaks JSON, to the same listener as those of plain lines. @param address where it comes from */
  connectJson(address = ADDRESS): JsonClient {
    const client = new JsonClient(this.open('line', address));
    this.#clients.push(client);
    return client;
  }

  /** Connects without a client. @returns the client's end */
  open(codec = 'line', address = ADDRESS): Duplex {
    const ends = connectedPair();
    this.host.accept({ stream: ends.server, address, transport: 'memory' }, codec);
    return ends.client;
  }

  #lineClient(codec: string, name: string, address: string): LineClient {
    const client = new LineClient(this.open(codec, address), name, () => this.clock.now());
    this.#clients.push(client);
    return client;
  }

  /** Connects, registers and logs in a user who is new. */
  async joins(name: string, address?: string): Promise<LineClient> {
    const client = this.connect(name, address);
    await client.registers(name, PASSWORD);
    await client.logsIn(name, PASSWORD);
    return client;
  }

  /** Connects and logs in a user who is registered. */
  async returns(name: string, address?: string): Promise<LineClient> {
    const client = this.connect(name, address);
    await client.logsIn(name, PASSWORD);
    return client;
  }

  /** Registers users who then are offline. */
  async registers(...names: readonly string[]): Promise<void> {
    const client = this.connect('a registrar');
    for (const name of names) await client.registers(name, PASSWORD);
    await client.closes();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody is left whom it would have to wait for by a clock that stands still.
    await Promise.all(this.#clients.map((client) => client.closes()));
    await this.host.stop('shutdown');
  }
}
