import type { HookName, Hooks } from '../api/handlers.ts';
import type { PhaseName } from '../hooks/phases.ts';
import { filtered, type Handler, type PluginHandler } from './handlers.ts';
import { allPhases } from './hook-table.ts';
import type { PluginCalls } from './plugin-calls.ts';

const STAGES = { pre: 0, normal: 1, post: 2 };

/** The handlers of one phase of a hook, in the order in which they run. */
export interface PhaseOrder {
  readonly hook: HookName;
  readonly phase: PhaseName;
  /** The plugins whose handlers they are. */
  readonly plugins: readonly string[];
}

/**
 * Sorts the handlers of one phase into the order in which they run: `pre`, those without an order, `post`. Guards of the
 * standard set run before all others. In other phases added plugins run before the standard set, but after it at `post`.
 * Otherwise handlers keep their order.
 * @param handlers in the order of the config, each plugin's after those of the plugins whose services it uses
 */
function inOrder(handlers: readonly PluginHandler[]): PluginHandler[] {
  return handlers.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ phase, standard, order }: PluginHandler): number {
  if (phase === 'guard') return (standard ? 0 : 3) + STAGES[order];
  const last = standard === (order !== 'post');
  return 2 * STAGES[order] + (last ? 1 : 0);
}

/** The order of the handlers in each phase that has any. */
export function ordersOf(handlers: readonly PluginHandler[]): PhaseOrder[] {
  return allPhases().flatMap(({ hook, phase }) => {
    const plugins = inOrder(handlersOfPhase(handlers, hook, phase)).map(({ plugin }) => plugin);
    return plugins.length === 0 ? [] : [{ hook, phase, plugins }];
  });
}

/** Adds handlers to hooks in their order, wrapped so that none fails. */
export function tapAll(hooks: Hooks, handlers: readonly PluginHandler[], calls: PluginCalls): void {
  for (const { hook, phase } of allPhases()) {
    const target = (hooks[hook] as unknown as Record<PhaseName, { tap(name: string, handler: Handler): void }>)[phase];
    for (const one of inOrder(handlersOfPhase(handlers, hook, phase)))
      target.tap(one.plugin, filtered(one.filter, calls.handler(one)));
  }
}

function handlersOfPhase(handlers: readonly PluginHandler[], hook: HookName, phase: PhaseName): PluginHandler[] {
  return handlers.filter((one) => one.hook === hook && one.phase === phase);
}
