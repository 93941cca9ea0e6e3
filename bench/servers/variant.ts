/**
 * `bare` stores nothing, `durable` is the same with one insert per message; `memory` and `sqlite` are chatserv with that
 * store; `postgres` is chatserv with a store that it is told in `plugins`; `installed` is `sqlite` as npm installs it, `before` another checkout.
 */
export type Kind =
  | 'bare'
  | 'durable'
  | 'memory'
  | 'sqlite'
  | 'postgres'
  | 'installed'
  | 'before'
  | 'ngircd'
  | 'inspircd';

/** A server and its options in one scenario. */
export interface Variant {
  readonly kind: Kind;
  /** Laid over the standard set. */
  readonly plugins?: Readonly<Record<string, unknown>>;
  /** What clients speak to chatserv, plain lines by default. */
  readonly codec?: 'irc';
  /** Whether clients of IRC get their own messages back, which answers them as `sent:` does. */
  readonly echoes?: true;
  /** How many idle plugins it has on top. */
  readonly idlePlugins?: number;
  /** Whether users need passwords; otherwise a name is enough. */
  readonly passwords?: boolean;
  /** Whether promises, messages between threads, writes and fsyncs are counted, which slows the server. */
  readonly counts?: boolean;
  /** False where loading the probe would be part of what is measured. */
  readonly probe?: false;
  /** Added to each fsync, in milliseconds. */
  readonly fsyncTime?: number;
  /** Options of Node's. */
  readonly flags?: readonly string[];
}

/** What variants need beside this checkout. */
export interface Places {
  /** The folder of the other checkout. */
  readonly before: string | undefined;
  /** @returns the folder of this checkout as installed */
  installed(): string;
  /** @returns the library to preload for slow fsyncs */
  slowFsync(): string;
}

/** Whether it is an IRC server of another project. */
export const isIrc = ({ kind }: Variant): boolean => kind === 'ngircd' || kind === 'inspircd';

export const isBare = ({ kind }: Variant): boolean => kind === 'bare' || kind === 'durable';

/** Whether it is chatserv with a database in a file. */
export const keeps = ({ kind }: Variant): boolean => kind === 'sqlite' || kind === 'installed' || kind === 'before';
