import { token } from './service.ts';

/** A histogram of durations, as Prometheus has it. */
export interface HistogramSnapshot {
  readonly count: number;
  /** The total, in milliseconds. */
  readonly sum: number;
  /** Cumulative counts by upper bound. The bounds double from 0.064 to 16,777 ms. */
  readonly upTo: readonly (readonly [milliseconds: number, count: number])[];
}

/** What a reload changed, by plugin name. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Set up again, and why. */
  readonly changed: readonly { readonly name: string; readonly because: Change }[];
  /** Carried over unchanged. */
  readonly kept: readonly string[];
}

/** Why a plugin was not carried over. */
export type Change = 'its code' | 'its options' | 'a service that it uses';

/** Statistics of one handler or command since the server started. */
export interface Meter {
  /** The hook, or `command ` and the command's name. */
  readonly what: string;
  readonly calls: number;
  readonly errors: number;
  /** Durations in milliseconds. After the first 1,000 calls one in 16 is timed, on the hot path one in 1,024. */
  readonly mean: number;
  readonly p99: number;
  /** The durations of the timed calls. */
  readonly spread: HistogramSnapshot;
}

/** A live plugin with its statistics. */
export interface LivePluginFacts {
  readonly name: string;
  /** Whether it failed so often that it is not called until a reload. */
  readonly quarantined: boolean;
  readonly meters: readonly Meter[];
}

/** Whether the server is starting, has every listener open, or is stopping. */
export type ServerState = 'starting' | 'serving' | 'stopping';

/** A snapshot of the server. */
export interface ServerFacts {
  readonly state: ServerState;
  /** In seconds. */
  readonly uptime: number;
  readonly sessions: number;
  /** How many accounts are online. */
  readonly online: number;
  /** How many messages were sent since the start. */
  readonly messages: number;
  /** How many messages were written to a transport since the start, once for each recipient. */
  readonly deliveries: number;
  readonly bytes: { readonly received: number; readonly sent: number };
  /** From posting a message until it is durable. */
  readonly keeping: HistogramSnapshot;
  /** From posting a message until a recipient's transport has taken it, for one message a second. */
  readonly delivering: HistogramSnapshot;
  /** How often each limit was hit since the start, by name; limits never hit are absent. */
  readonly limits: Readonly<Record<string, number>>;
  /** How often each log event happened since the start, including those below the log's level. */
  readonly events: Readonly<Record<string, number>>;
  readonly plugins: readonly LivePluginFacts[];
}

/** What became of a reload of another server. */
export type OtherReload = {
  /** Names the server for people: its host and process id. */
  readonly server: string;
} & ({ readonly difference: Difference } | { readonly errors: readonly string[] });

/** The live plugins. The host provides it. */
export interface Plugins {
  /**
   * Reads the config and the plugins' files again, and sets up what has changed. Sessions stay connected.
   * @returns what changed
   * @throws when a reload is not possible, with one line per error; nothing changes then
   */
  reload(): Promise<Difference>;
  /**
   * Has the other servers of the chat reload, each its own config and files.
   * @returns what became of those that can be reached
   * @throws when no plugin connects this server with others
   */
  reloadOthers(): Promise<readonly OtherReload[]>;
  /** Whether a plugin with that name is live. */
  isLive(name: string): boolean;
  /** A snapshot of the server and its plugins, built at each call. */
  facts(): ServerFacts;
  /** The `state` of `facts()` alone, at no cost. */
  state(): ServerState;
}

export const Plugins = token<Plugins>('plugins');

/** What a reload changed, as one line for people. */
export function differenceInWords({ added, removed, changed, kept }: Difference): string {
  const parts = [
    ['added', added],
    ['removed', removed],
    ['changed', changed.map(({ name, because }) => `${name} (${because})`)],
  ] as const;
  const said = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${names.join(', ')}`);
  return [...(said.length === 0 ? ['nothing has changed'] : said), `${kept.length} plugins kept`].join('; ');
}

/** What became of a reload of other servers, as lines for people. */
export function otherReloadsInWords(others: readonly OtherReload[]): string[] {
  if (others.length === 0) return ['no other server answered'];
  return others.flatMap((other) =>
    'difference' in other
      ? `${other.server} reloaded: ${differenceInWords(other.difference)}`
      : other.errors.map((error) => `${other.server} not reloaded: ${error}`),
  );
}
