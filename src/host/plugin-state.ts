import type { Session } from '../api/session.ts';
import type { SetupContext } from './define.ts';

/** A value of a plugin that outlives a reload. */
export interface HotValue {
  readonly value: unknown;
  readonly close: (() => void | Promise<void>) | undefined;
}

/** Makes the `hotState` of a plugin's set-up. @param before the values of the plugin that it replaces */
export function hotStateIn(
  values: Map<string, HotValue>,
  before: ReadonlyMap<string, HotValue> = new Map(),
): SetupContext<unknown>['hotState'] {
  return <T>(key: string, create: () => T, close?: (value: T) => void | Promise<void>): T => {
    const old = values.get(key) ?? before.get(key);
    if (old !== undefined) {
      values.set(key, old);
      return old.value as T;
    }
    const value = create();
    values.set(key, { value, close: close && (() => close(value)) });
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
