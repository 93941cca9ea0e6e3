import { HOOKS, type HookName, type Hooks } from '../kernel/hooks.ts';
import type { Session } from '../kernel/session.ts';
import type { PasswordVerdict, UsernameVerdict } from '../kernel/verdicts.ts';
import type { HookHandlers, Ordered } from './define.ts';
import type { Guard, Handler } from './guard.ts';
import { didYouMean, Mistakes } from './mistakes.ts';
import { orderTaps, type Tap } from './order.ts';
import { STANDARD } from './standard.ts';

/** A plugin's handlers, with where they want to stand. */
export function tapsOf(plugin: string, hooks: HookHandlers = {}): Tap[] {
  return Object.entries(hooks).flatMap(([name, entry]: [string, Ordered<unknown> | undefined]) => {
    if (entry === undefined) return [];
    const hook = name as HookName;
    if (typeof entry === 'function')
      return [{ plugin, hook, order: 'normal', before: undefined, handler: entry as Handler }];
    const { order = 'normal', before, handler } = entry as Exclude<Ordered<Handler>, Handler>;
    return [{ plugin, hook, order, before, handler }];
  });
}

/** Taps handlers into hooks, in their order and each behind the guard. */
export function tapAll(hooks: Hooks, taps: readonly Tap[], guard: Guard): void {
  for (const hook of Object.keys(HOOKS) as HookName[]) {
    const target = hooks[hook] as unknown as {
      intercept(interceptor: { register(tap: { name: string; fn: Handler }): object }): void;
      tap(name: string, handler: Handler): void;
      tapPromise(name: string, handler: Handler): void;
    };
    target.intercept({
      register: (tap) => ({ ...tap, fn: guard.handler(tap.name, hook, noting(tap.name, hook, tap.fn)) }),
    });
    const awaited = HOOKS[hook].kind.startsWith('Async');
    for (const { plugin, handler } of orderTaps(taps.filter((tap) => tap.hook === hook))) {
      if (awaited) target.tapPromise(plugin, handler);
      else target.tap(plugin, handler);
    }
  }
}

/**
 * Looks whether there are the plugins that handlers are to run before. One that is off will do: then there is nothing
 * to run before.
 * @param on the names of the plugins that are on
 * @param off what the config calls those that are off; one by its file or package may be called like that
 * @throws Mistakes with a sentence for each that there is not
 */
export function checkBefore(taps: readonly Tap[], on: readonly string[], off: readonly string[]): void {
  const known = new Set([...on, ...Object.keys(STANDARD)]);
  const mistakes = taps.flatMap(({ plugin, hook, before }) => {
    if (before === undefined || known.has(before) || off.some((key) => key.includes(before))) return [];
    return [
      `The plugin '${plugin}': hooks.${hook}.before is '${before}', and there is no plugin of that name.${didYouMean(before, known)}`,
    ];
  });
  if (mistakes.length > 0) throw new Mistakes(mistakes);
}

/** A handler that may let a session in, and then notes on it which plugin did. */
function noting(plugin: string, hook: HookName, handler: Handler): Handler {
  if (hook !== 'onUsername' && hook !== 'onPassword') return handler;
  const call = handler as (session: Session, ...args: unknown[]) => unknown;
  return async (session: Session, ...args: unknown[]) => {
    const verdict = (await call(session, ...args)) as UsernameVerdict | PasswordVerdict | undefined;
    if (verdict === 'right') session.provider = plugin;
    else if (typeof verdict === 'object' && verdict?.kind === 'admit') session.provider = verdict.provider ?? plugin;
    return verdict;
  };
}
