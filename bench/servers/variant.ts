/**
 * What is measured. `bare` keeps nothing, `durable` is the same with one insert a message; `memory` and `sqlite` are
 * chatserv with that store; `installed` is `sqlite` as npm installs it, `before` another checkout of it.
 */
export type Kind = 'bare' | 'durable' | 'memory' | 'sqlite' | 'installed' | 'before' | 'ngircd' | 'inspircd';

/** A server, and what is different about it in one scenario. */
export interface Variant {
  readonly kind: Kind;
  /** Laid over the standard set. */
  readonly plugins?: Readonly<Record<string, unknown>>;
  /** How many plugins more that have nothing to do. */
  readonly idlePlugins?: number;
  /** Set when passwords are asked for; everyone is let in by name otherwise. */
  readonly passwords?: boolean;
  /** Set when promises and messages between threads are counted, which slows everything. */
  readonly counts?: boolean;
  /** False where the probe would be measured too: it takes a while to load. */
  readonly probe?: false;
  /** How much longer an fsync takes, in milliseconds. */
  readonly fsyncTime?: number;
  /** Of Node's. */
  readonly flags?: readonly string[];
}

/** Where variants of chatserv are, beside this checkout. */
export interface Places {
  /** The folder of the other checkout. */
  readonly before: string | undefined;
  /** Packs and unpacks this checkout, once. @returns its folder */
  installed(): string;
  /** The library that makes an fsync slow. */
  slowFsync(): string;
}

export const isIrc = ({ kind }: Variant): boolean => kind === 'ngircd' || kind === 'inspircd';

export const isBare = ({ kind }: Variant): boolean => kind === 'bare' || kind === 'durable';

/** Whether it is a chatserv with a database. */
export const keeps = (variant: Variant): boolean => !isIrc(variant) && !isBare(variant) && variant.kind !== 'memory';
