import type { HookName } from '../kernel/hooks.ts';
import type { Plugin } from './define.ts';
import type { Handler } from './guard.ts';
import type { Loaded } from './load.ts';

/** A handler and where it wants to stand. */
export interface Tap {
  readonly plugin: string;
  /** Whether the plugin is one of the standard set. */
  readonly standard: boolean;
  readonly hook: HookName;
  /** Whether it is a guard: it runs first and may only refuse. */
  readonly guard: boolean;
  readonly order: 'pre' | 'normal' | 'post';
  readonly before: string | undefined;
  readonly handler: Handler;
}

const STAGES = { pre: 0, normal: 1, post: 2 };

/**
 * Sorts the handlers of one hook into the order they run in. Guards run first, those of the standard set before others.
 * Then `pre`, handlers without an order, and `post`; plugins that a config adds run before the standard set, but after
 * it at `post`. Within such a group handlers keep their order; names do not matter. A handler with `before` moves right
 * before the one it names, but never in front of a guard.
 * @param taps in the order of the config, each plugin's after those of the plugins whose services it uses
 */
export function orderTaps(taps: readonly Tap[]): Tap[] {
  const ranked = taps.toSorted((a, b) => rank(a) - rank(b));
  const [guards, others] = [ranked.filter(({ guard }) => guard), ranked.filter(({ guard }) => !guard)];
  // As near to a guard as they may.
  const first = others.filter(({ before }) => guards.some(({ plugin }) => plugin === before));
  return [...placed(guards), ...placed([...new Set([...first, ...others])])];
}

/** Handlers in this order, but for those that name one in `before`: each comes right before that. */
function placed(taps: readonly Tap[]): Tap[] {
  const ordered = new Set<Tap>();
  const begun = new Set<Tap>();
  const place = (tap: Tap): void => {
    if (begun.has(tap)) return;
    begun.add(tap);
    for (const other of taps) if (other.before === tap.plugin) place(other);
    ordered.add(tap);
  };
  for (const tap of taps) place(tap);
  return [...ordered];
}

/**
 * Finds handlers of one hook that name each other in `before`, in a circle.
 * @returns the plugins of each circle, in its order
 */
export function circlesOf(taps: readonly Tap[]): string[][] {
  const next = (tap: Tap) => taps.find(({ plugin, guard }) => plugin === tap.before && guard === tap.guard);
  const seen = new Set<Tap>();
  return taps.flatMap((start) => {
    const path: Tap[] = [];
    let tap: Tap | undefined = start;
    for (; tap !== undefined && !seen.has(tap); tap = next(tap)) {
      seen.add(tap);
      path.push(tap);
    }
    const at = tap === undefined ? -1 : path.indexOf(tap);
    return at < 0 ? [] : [path.slice(at).map(({ plugin }) => plugin)];
  });
}

/** Sorts handlers within a hook; those of equal rank keep their order. */
function rank({ guard, standard, order }: Tap): number {
  if (guard) return (standard ? 0 : 3) + STAGES[order];
  const last = standard === (order !== 'post');
  return 6 + 2 * STAGES[order] + (last ? 1 : 0);
}

/** The services that a plugin's tokens name. */
export function servicesOf(tokens: Plugin['needs']): string[] {
  return Object.values(tokens).map(({ service }) => service);
}

/** A standard plugin that is off. */
export interface PluginOff {
  readonly name: string;
  readonly provides: readonly string[];
}

/**
 * Puts plugins into an order in which each comes after those whose services it needs or wants.
 * @param given the services that are there without a plugin
 * @param off standard plugins that could be switched on
 * @param wanted the order that they keep apart from that
 * @returns the order; what is wrong with it, a sentence each; and what is missing, a sentence each
 */
export function orderSetUp(
  all: readonly Loaded[],
  given: ReadonlySet<string>,
  off: readonly PluginOff[],
  wanted: readonly Loaded[] = all,
): { ordered: Loaded[]; mistakes: string[]; missing: string[] } {
  const mistakes: string[] = [];
  const providers = new Map<string, Loaded>();
  const doubled: Doubled[] = [];
  for (const one of all) {
    for (const service of servicesOf(one.plugin.provides)) {
      const other = providers.get(service);
      if (other === undefined) providers.set(service, one);
      else doubled.push({ service, keys: [other.key, one.key] });
    }
  }
  mistakes.push(...doubledServices(doubled));

  const ordered: Loaded[] = [];
  const missing: Missing[] = [];
  const state = new Map<Loaded, 'under way' | 'done'>();
  const visit = (one: Loaded, path: readonly { from: Loaded; service: string }[]): void => {
    if (state.get(one) === 'done') return;
    if (state.get(one) === 'under way') {
      const circle = path.slice(path.findIndex(({ from }) => from === one));
      const steps = circle.map(({ from, service }) => `'${from.key}' uses '${service}'`);
      mistakes.push(
        `Plugins use each other's services in a circle (${steps.join(', ')}): none of them can be set up first; switch one off, or let it do without.`,
      );
      return;
    }
    state.set(one, 'under way');
    const needs = servicesOf(one.plugin.needs);
    for (const service of [...needs, ...servicesOf(one.plugin.wants)]) {
      const provider = providers.get(service);
      if (provider !== undefined) visit(provider, [...path, { from: one, service }]);
      else if (needs.includes(service) && !given.has(service)) missing.push({ service, key: one.key });
    }
    state.set(one, 'done');
    ordered.push(one);
  };
  for (const one of wanted) visit(one, []);
  return { ordered, mistakes, missing: missingServices(missing, off, providers) };
}

/** A service that two plugins provide. */
interface Doubled {
  readonly service: string;
  readonly keys: readonly [string, string];
}

/** One sentence for each two plugins: two stores are one mistake, however many services they provide. */
function doubledServices(doubled: readonly Doubled[]): string[] {
  const byKeys = Map.groupBy(doubled, ({ keys }) => keys.join('\n'));
  return [...byKeys.values()].map((all) => {
    const services = all.map(({ service }) => quoted(service));
    const [one, other] = (all[0] as Doubled).keys;
    const what = services.length === 1 ? 'the service' : 'the services';
    return `The plugins '${one}' and '${other}' both provide ${what} ${services.join(', ')}: switch one of them off, with \`'${one}': false\` or \`'${other}': false\` under plugins.`;
  });
}

/** A service that a plugin needs and nobody provides. */
interface Missing {
  readonly service: string;
  readonly key: string;
}

/** One sentence for each cure: a store that is off is one mistake, however many plugins need it. */
function missingServices(
  missing: readonly Missing[],
  off: readonly PluginOff[],
  providers: ReadonlyMap<string, Loaded>,
): string[] {
  const cureOf = (service: string) => {
    const candidates = off.filter(({ provides }) => provides.includes(service));
    const names = candidates.map(({ name }) => quoted(name)).join(' or ');
    if (names === '') return `add a plugin that provides ${service} under plugins`;
    // Such as another store, which would be one too many.
    const rival = candidates.flatMap(({ provides }) => provides.flatMap((one) => providers.get(one) ?? []))[0];
    if (rival === undefined) return `switch on ${names} under plugins`;
    return `have ${quoted(rival.key)} provide it, or put ${names} in its place`;
  };
  const byCure = Object.groupBy(missing, ({ service }) => cureOf(service));
  return Object.entries(byCure).map(([cure, lacks = []]) => {
    const services = [...new Set(lacks.map(({ service }) => service))].map(quoted).join(', ');
    const keys = [...new Set(lacks.map(({ key }) => key))].map(quoted).join(', ');
    return `No plugin that is on provides ${services}, without which there cannot be ${keys}: ${cure}, or switch off what needs it.`;
  });
}

function quoted(name: string): string {
  return `'${name}'`;
}
