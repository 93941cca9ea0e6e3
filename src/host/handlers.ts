import type { PasswordDecision, UsernameDecision } from '../api/decisions.ts';
import type { HookName } from '../api/handlers.ts';
import { PHASES, type PhaseName } from '../hooks/phases.ts';
import type { ClientSession } from '../kernel/client-session.ts';
import type { HookHandlers } from './define.ts';
import { PLAIN_PHASES } from './hook-table.ts';

/** A plugin's function without its types. */
export type Handler = (...args: never[]) => unknown;

/** Returns whether a handler is called. */
type Filter = (...args: unknown[]) => boolean;

/** Where a handler runs among those of its phase. */
type Order = 'pre' | 'normal' | 'post';

/** A handler of one phase of a hook. */
export interface PluginHandler {
  readonly plugin: string;
  /** Whether the plugin is one of the standard set. */
  readonly standard: boolean;
  readonly hook: HookName;
  readonly phase: PhaseName;
  readonly order: Order;
  /** Whether it may have been written for the last release, whose handlers could rewrite, refuse and decide. */
  readonly isPlain: boolean;
  /** Whether to call it. */
  readonly filter?: Filter | undefined;
  readonly handler: Handler;
}

/** An entry of the last release: `{ phase: 'guard', order: 'pre', handler }`. */
interface ReleasedEntry {
  readonly phase?: 'guard';
  readonly order?: Order;
  readonly handler: Handler;
}

type OrderedEntry = Handler | { readonly order?: Order; readonly filter?: Filter; readonly handler: Handler };

const RELEASED_KEYS = ['handler', 'order', 'phase'];

/** Whether an entry of a plugin's `hooks` is in the form of the last release, with the handler beside its order. */
export function isReleasedEntry(entry: unknown): entry is ReleasedEntry {
  if (typeof entry !== 'object' || entry === null || PHASES.some((phase) => Object.hasOwn(entry, phase))) return false;
  return RELEASED_KEYS.some((key) => Object.hasOwn(entry, key));
}

/** A plugin's handlers. @param standard whether it is one of the standard set */
export function handlersOf(plugin: string, standard: boolean, hooks: HookHandlers = {}): PluginHandler[] {
  return Object.entries(hooks).flatMap(([name, entry]: [string, unknown]): PluginHandler[] => {
    const hook = name as HookName;
    const plain = {
      plugin,
      standard,
      hook,
      phase: PLAIN_PHASES[hook] as PhaseName,
      order: 'normal' as Order,
      isPlain: true,
    };
    if (entry === undefined) return [];
    if (typeof entry === 'function') return [{ ...plain, handler: entry as Handler }];
    if (isReleasedEntry(entry)) {
      const { phase = plain.phase, order = 'normal', handler } = entry;
      return [{ ...plain, phase, order, handler }];
    }
    return PHASES.flatMap((phase) => {
      const given = (entry as { readonly [P in PhaseName]?: OrderedEntry })[phase];
      if (given === undefined) return [];
      const { order = 'normal', filter, handler } = typeof given === 'function' ? { handler: given } : given;
      return [{ ...plain, phase, order, isPlain: false, filter, handler }];
    });
  });
}

/** The hooks of a plugin whose entries are in the form of the last release. */
export function releasedEntriesOf(hooks: HookHandlers = {}): string[] {
  return Object.entries(hooks).flatMap(([hook, entry]) => (isReleasedEntry(entry) ? [hook] : []));
}

/** A handler that is called only if its filter returns true, or fails. */
export function filtered(filter: Filter | undefined, handler: Handler): Handler {
  if (filter === undefined) return handler;
  const call = handler as (first: unknown, second: unknown, third: unknown) => unknown;
  const concerns = (first: unknown, second: unknown, third: unknown): boolean => {
    try {
      return filter(first, second, third);
    } catch {
      return true;
    }
  };
  const called: typeof call = (first, second, third) =>
    concerns(first, second, third) ? call(first, second, third) : undefined;
  return called as Handler;
}

/** Wraps a handler of a login hook: a session that it logs in notes the plugin. */
export function notingProvider({ plugin, hook, phase }: PluginHandler, handler: Handler): Handler {
  if (phase !== 'decide' || (hook !== 'onUsername' && hook !== 'onPassword')) return handler;
  const decide = handler as (session: ClientSession, ...args: unknown[]) => unknown;
  return async (session: ClientSession, ...args: unknown[]) => {
    const decision = (await decide(session, ...args)) as UsernameDecision | PasswordDecision | undefined;
    const isAdmitted = typeof decision === 'object' && decision?.kind === 'admit';
    const provider = isAdmitted ? (decision.provider ?? plugin) : plugin;
    if (isAdmitted || decision === 'right') session.login = { ...session.login, provider };
    return decision;
  };
}
