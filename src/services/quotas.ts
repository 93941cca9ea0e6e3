import { token } from './service.ts';

/** What was taken of a key's quota on a server. */
export interface QuotaUse {
  /** The quota: its plugin's name and its own, as in `login-rate networks`. */
  readonly quota: string;
  readonly key: string;
  /** How many were taken; negative if they were given back. */
  readonly amount: number;
  /** How many come back per second. */
  readonly rate: number;
}

/** The quotas of this server, for a plugin that has other servers count them too. The host provides it. */
export interface Quotas {
  /** Calls back with each use on this server. @returns a function that stops that */
  follow(used: (use: QuotaUse) => void): () => void;
  /** Counts a use on another server, unless no plugin has that quota here. */
  note(use: QuotaUse): void;
}

export const Quotas = token<Quotas>('quotas');
