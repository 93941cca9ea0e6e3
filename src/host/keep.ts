import type { Session } from '../api/session.ts';
import type { SetupContext } from './define.ts';

/** A value that a plugin keeps over a reload. */
export interface Kept {
  readonly value: unknown;
  readonly close: (() => void | Promise<void>) | undefined;
}

/** Makes the `keep` of a plugin's set-up. @param before the values of the plugin that it replaces */
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

/** The `perSession` of a plugin's set-up. */
export function perSession<T>(create: (session: Session) => T): (session: Session) => T {
  const values = new WeakMap<Session, { value: T }>();
  return (session) => {
    const held = values.get(session) ?? { value: create(session) };
    values.set(session, held);
    return held.value;
  };
}
