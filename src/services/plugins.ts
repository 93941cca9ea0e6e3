import { token } from './service.ts';
/** How long things took: a histogram as Prometheus has it. */
export interface Spread {
  readonly count: number;
  /** All of them together, in milliseconds. */
  readonly sum: number;
  /** How many took at most so many milliseconds, by bounds that double from 0.064 to 16,777. */
  readonly upTo: readonly (readonly [milliseconds: number, count: number])[];
}

/** What a reload did, by the names of the plugins. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Set up anew, and why. */
  readonly changed: readonly { readonly name: string; readonly because: Change }[];
  /** Carried over as they were. */
  readonly kept: readonly string[];
}

/** Why a plugin was not carried over. */
export type Change = 'its code' | 'its options' | 'a service that it uses';

/** What was counted of one handler or command, since the server started. */
export interface Meter {
  /** The hook, or the command with `command ` before it. */
  readonly what: string;
  readonly calls: number;
  readonly errors: number;
  /** How long a call took, in milliseconds; after the first 1,000 calls one in 16 is timed, on the hot path one in 1,024. */
  readonly mean: number;
  readonly p99: number;
  /** Of the calls that were timed. */
  readonly spread: Spread;
}

/** A plugin that is live, with what was counted of it. */
export interface LivePluginFacts {
  readonly name: string;
  /** Whether it failed so often that it is not called any more, until a reload. */
  readonly quarantined: boolean;
  readonly meters: readonly Meter[];
}

/** Whether the server is being started, has every listener open, or is being stopped. */
export type ServerState = 'starting' | 'serving' | 'stopping';

/** The server at one moment. */
export interface ServerFacts {
  readonly state: ServerState;
  /** How long it has been running, in seconds. */
  readonly uptime: number;
  readonly sessions: number;
  /** How many accounts are online. */
  readonly online: number;
  /** How many messages were said since it started. */
  readonly messages: number;
  /** How many messages were given to a transport since it started; each recipient counts. */
  readonly deliveries: number;
  readonly bytes: { readonly received: number; readonly sent: number };
  /** How long it takes from when a message is said until it is kept. */
  readonly keeping: Spread;
  /** How long it takes from when a message is said until a recipient's transport has taken it; of one message a second. */
  readonly delivering: Spread;
  /** How often each limit was met since it started, by its name; those that never were are not there. */
  readonly limits: Readonly<Record<string, number>>;
  /** How often each event of the log happened since it started, also those that the log's level leaves out. */
  readonly events: Readonly<Record<string, number>>;
  readonly plugins: readonly LivePluginFacts[];
}

/** The plugins that are live. The host provides it. */
export interface Plugins {
  /**
   * Reads the config and the files of plugins again, and sets up what has changed; nobody is dropped.
   * @returns what is different
   * @throws when something is wrong with them; its message says what, a line each, and all stays as it was
   */
  reload(): Promise<Difference>;
  /** Whether a plugin of that name is live. */
  isLive(name: string): boolean;
  /** What the server and its plugins do. It is put together at each call. */
  facts(): ServerFacts;
  /** The facts' `state` alone, which costs nothing. */
  state(): ServerState;
}

export const Plugins = token<Plugins>('plugins');

/** What a reload did, in one line for a person. */
export function differenceInWords({ added, removed, changed, kept }: Difference): string {
  const parts = [
    ['added', added],
    ['removed', removed],
    ['changed', changed.map(({ name, because }) => `${name} (${because})`)],
  ] as const;
  const said = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${names.join(', ')}`);
  return [...(said.length === 0 ? ['nothing has changed'] : said), `${kept.length} plugins kept`].join('; ');
}
