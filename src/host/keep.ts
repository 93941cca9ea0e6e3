import type { Session } from '../kernel/session.ts';
import type { SetupContext } from './define.ts';

/** What a plugin keeps over a reload. */
export interface Kept {
  readonly value: unknown;
  readonly close: (() => void | Promise<void>) | undefined;
}

/** What a plugin's set-up is given as `keep`. @param before what the plugin in whose place it comes has kept */
export function keeper(
  kept: Map<string, Kept>,
  before: ReadonlyMap<string, Kept> = new Map(),
): SetupContext<unknown>['keep'] {
  return <T>(key: string, create: () => T, close?: (value: T) => void | Promise<void>): T => {
    const old = kept.get(key) ?? before.get(key);
    if (old !== undefined) {
      kept.set(key, old);
      return old.value as T;
    }
    const value = create();
    kept.set(key, { value, close: close && (() => close(value)) });
    return value;
  };
}

/** What a plugin's set-up is given as `perSession`. */
export function perSession<T>(create: (session: Session) => T): (session: Session) => T {
  const values = new WeakMap<Session, { value: T }>();
  return (session) => {
    const held = values.get(session) ?? { value: create(session) };
    values.set(session, held);
    return held.value;
  };
}
