import { HOOKS, type HookName, type Hooks } from '../kernel/hooks.ts';
import type { Session } from '../kernel/session.ts';
import type { PasswordVerdict, UsernameVerdict } from '../kernel/verdicts.ts';
import type { HookHandlers, Ordered } from './define.ts';
import type { Guard, Handler } from './guard.ts';
import { didYouMean, Mistakes } from './mistakes.ts';
import { circlesOf, orderTaps, type Tap } from './order.ts';
import { STANDARD } from './standard.ts';

/** A plugin's handlers, with where they want to stand. @param standard whether it is one of the standard set */
export function tapsOf(plugin: string, standard: boolean, hooks: HookHandlers = {}): Tap[] {
  return Object.entries(hooks).flatMap(([name, entry]: [string, Ordered<unknown> | undefined]) => {
    if (entry === undefined) return [];
    const hook = name as HookName;
    if (typeof entry === 'function')
      return [{ plugin, standard, hook, guard: false, order: 'normal', before: undefined, handler: entry as Handler }];
    const { phase, order = 'normal', before, handler } = entry as Exclude<Ordered<Handler>, Handler>;
    return [{ plugin, standard, hook, guard: phase === 'guard', order, before, handler }];
  });
}

/** The handlers of one hook, in the order they run in. */
export interface HookOrder {
  readonly hook: HookName;
  /** The plugins whose handlers may only refuse. */
  readonly guards: readonly string[];
  /** The plugins whose handlers run after those. */
  readonly others: readonly string[];
}

/** The order in which the handlers of each hook run that has any. */
export function ordersOf(taps: readonly Tap[]): HookOrder[] {
  const hooks = (Object.keys(HOOKS) as HookName[]).filter((hook) => taps.some((tap) => tap.hook === hook));
  return hooks.map((hook) => {
    const ordered = orderTaps(taps.filter((tap) => tap.hook === hook));
    const names = (guards: boolean) => ordered.filter(({ guard }) => guard === guards).map(({ plugin }) => plugin);
    return { hook, guards: names(true), others: names(false) };
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
    const ordered = orderTaps(taps.filter((tap) => tap.hook === hook));
    const guards = new Set(ordered.filter((tap) => tap.guard).map(({ plugin }) => plugin));
    target.intercept({
      register: (tap) => ({
        ...tap,
        fn: guards.has(tap.name)
          ? guard.handler(tap.name, hook, tap.fn, true)
          : guard.handler(tap.name, hook, noting(tap.name, hook, tap.fn)),
      }),
    });
    const awaited = HOOKS[hook].kind.startsWith('Async');
    for (const { plugin, handler } of ordered) {
      if (awaited) target.tapPromise(plugin, handler);
      else target.tap(plugin, handler);
    }
  }
}

/**
 * Looks whether there are the plugins that handlers are to run before, and whether they can. One that is off will do:
 * then there is nothing to run before.
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
  for (const hook of Object.keys(HOOKS) as HookName[]) {
    for (const circle of circlesOf(taps.filter((tap) => tap.hook === hook)))
      mistakes.push(circleSentence(hook, circle));
  }
  if (mistakes.length > 0) throw new Mistakes(mistakes);
}

function circleSentence(hook: HookName, circle: readonly string[]): string {
  const [first, ...others] = circle.map((plugin) => `'${plugin}'`);
  if (others.length === 0) return `The plugin ${first}: hooks.${hook}.before is its own name.`;
  const steps = [first, ...others, first].join(' before ');
  return `Plugins want their handlers of ${hook} to run before each other, in a circle (${steps}): take \`before\` out of one of them.`;
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
