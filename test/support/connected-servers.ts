import { Accounts, definePlugin, MessageLog, type OtherAnswer, OtherServers, type Plugin, Storage } from 'chatserv';
import { startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { memoryStore } from '../../plugins/stores/memory/store.ts';

/** Two servers of one chat in this process. `await using` stops them. */
export interface ConnectedServers extends AsyncDisposable {
  readonly first: TestServer;
  readonly second: TestServer;
  /** Tells them nothing of each other any more, or again. */
  cut(isCut: boolean): void;
}

/** Starts two servers that share a store in memory, and are told at once what the other one tells. */
export async function startConnected(plugins: TestPlugins = {}): Promise<ConnectedServers> {
  const store = memoryStore(Date.now);
  const wire = new Wire();
  const start = (name: string) =>
    startServer({ memory: false, store: storePlugin(store), wire: wire.plugin(name), ...plugins });
  const [first, second] = [await start('first'), await start('second')];
  return {
    first,
    second,
    cut: (isCut) => wire.cut(isCut),
    async [Symbol.asyncDispose]() {
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
    },
  };
}

function storePlugin({ accounts, messageLog, storage }: ReturnType<typeof memoryStore>): Plugin {
  return definePlugin({
    name: 'shared-memory',
    summary: 'Keeps what two servers share',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup: () => ({ provide: { accounts, messageLog, storage } }),
  });
}

/** One server's end of the wire. */
interface End {
  readonly handlers: Map<string, (data: unknown) => unknown>;
  readonly returned: Set<() => void>;
}

/** Connects servers as `nats` does. */
class Wire {
  readonly #ends = new Map<string, End>();
  #isCut = false;

  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (!isCut) for (const { returned } of this.#ends.values()) for (const call of returned) call();
  }

  plugin(server: string): Plugin {
    const end: End = { handlers: new Map(), returned: new Set() };
    this.#ends.set(server, end);
    const others = (name: string) =>
      [...this.#ends]
        .filter(([, other]) => other !== end && !this.#isCut)
        .flatMap(([at, { handlers }]) => {
          const act = handlers.get(name);
          return act === undefined ? [] : [{ server: at, act }];
        });
    const service: OtherServers = {
      handle(name, act) {
        end.handlers.set(name, act);
        return () => {
          if (end.handlers.get(name) === act) end.handlers.delete(name);
        };
      },
      tell(name, data) {
        for (const { act } of others(name)) act(JSON.parse(JSON.stringify(data)));
      },
      async ask(name, data) {
        const asked = others(name).map(async ({ server: at, act }): Promise<OtherAnswer> => {
          try {
            return { server: at, result: await act(JSON.parse(JSON.stringify(data))) };
          } catch (cause) {
            return { server: at, error: (cause as Error).message };
          }
        });
        return Promise.all(asked);
      },
      watch(returned) {
        end.returned.add(returned);
        return () => void end.returned.delete(returned);
      },
    };
    return definePlugin({
      name: 'wire',
      summary: 'Connects two servers',
      provides: { others: OtherServers },
      setup: () => ({ provide: { others: service } }),
    });
  }
}
