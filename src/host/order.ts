import type { ChainToken, Token } from '../services/service.ts';
import type { Plugin } from './define.ts';
import type { Loaded } from './load.ts';

/** The names of a plugin's services. */
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
 * @param given the services that need no plugin
 * @param off standard plugins that could be switched on
 * @returns the order, and sentences about what is wrong with it and what is missing
 */
export function orderSetUp(
  all: readonly Loaded[],
  given: ReadonlySet<string>,
  off: readonly PluginOff[],
): { ordered: Loaded[]; errors: string[]; missing: string[] } {
  const errors: string[] = [];
  const providers = new Map<string, Loaded[]>();
  const doubled: Doubled[] = [];
  for (const one of all) {
    for (const { service, chained } of Object.values(one.plugin.provides) as readonly ProvidedToken[]) {
      const others = providers.get(service) ?? [];
      if (!chained) doubled.push(...others.map(({ key }) => ({ service, keys: [key, one.key] as const })));
      providers.set(service, [...others, one]);
    }
  }
  errors.push(...doubledServices(doubled));

  const ordered: Loaded[] = [];
  const missing: Missing[] = [];
  const state = new Map<Loaded, 'under way' | 'done'>();
  const visit = (one: Loaded, path: readonly { from: Loaded; service: string }[]): void => {
    if (state.get(one) === 'done') return;
    if (state.get(one) === 'under way') {
      const circle = path.slice(path.findIndex(({ from }) => from === one));
      const steps = circle.map(({ from, service }) => `'${from.key}' uses '${service}'`);
      errors.push(
        `Plugins depend on each other's services in a cycle (${steps.join(', ')}), so none of them can be set up first: switch one of them off, or make a dependency optional (wants).`,
      );
      return;
    }
    state.set(one, 'under way');
    const needs = servicesOf(one.plugin.needs);
    for (const service of [...needs, ...servicesOf(one.plugin.wants)]) {
      const all = providers.get(service) ?? [];
      for (const provider of all) visit(provider, [...path, { from: one, service }]);
      if (all.length === 0 && needs.includes(service) && !given.has(service)) missing.push({ service, key: one.key });
    }
    state.set(one, 'done');
    ordered.push(one);
  };
  for (const one of all) visit(one, []);
  return { ordered, errors, missing: missingServices(missing, off, providers) };
}

type ProvidedToken = Token<unknown> & Partial<Pick<ChainToken<unknown>, 'chained'>>;

/** A service that two plugins provide. */
interface Doubled {
  readonly service: string;
  readonly keys: readonly [string, string];
}

/** One sentence per pair of plugins: two stores are one error, however many services they provide. */
function doubledServices(doubled: readonly Doubled[]): string[] {
  const byKeys = Map.groupBy(doubled, ({ keys }) => keys.join('\n'));
  return [...byKeys.values()].map((all) => {
    const services = all.map(({ service }) => quoted(service));
    const [one, other] = (all[0] as Doubled).keys;
    const what = services.length === 1 ? 'the service' : 'the services';
    return `The plugins '${one}' and '${other}' both provide ${what} ${services.join(', ')}: switch one of them off, with \`'${one}': false\` or \`'${other}': false\` under plugins.`;
  });
}

/** A service that a plugin needs and no plugin provides. */
interface Missing {
  readonly service: string;
  readonly key: string;
}

/** One sentence per remedy: a store that is off is one error, however many plugins need it. */
function missingServices(
  missing: readonly Missing[],
  off: readonly PluginOff[],
  providers: ReadonlyMap<string, readonly Loaded[]>,
): string[] {
  const cureOf = (service: string) => {
    const candidates = off.filter(({ provides }) => provides.includes(service));
    const names = candidates.map(({ name }) => quoted(name)).join(' or ');
    if (names === '') return `add a plugin that provides ${service} under plugins`;
    // Such as a second store, which would conflict.
    const rival = candidates.flatMap(({ provides }) => provides.flatMap((one) => providers.get(one) ?? []))[0];
    if (rival === undefined) return `switch on ${names} under plugins`;
    return `have ${quoted(rival.key)} provide it, or replace it with ${names}`;
  };
  const byCure = Object.groupBy(missing, ({ service }) => cureOf(service));
  return Object.entries(byCure).map(([cure, lacks = []]) => {
    const services = [...new Set(lacks.map(({ service }) => service))].map(quoted).join(', ');
    const keys = [...new Set(lacks.map(({ key }) => key))].map(quoted).join(', ');
    return `No active plugin provides ${services}, needed by ${keys}: ${cure}, or switch off what needs it.`;
  });
}

function quoted(name: string): string {
  return `'${name}'`;
}
