import type { HookName } from '../kernel/hooks.ts';
import type { Plugin } from './define.ts';
import type { Handler } from './guard.ts';
import type { Loaded } from './load.ts';

/** A handler and where it wants to stand. */
export interface Tap {
  readonly plugin: string;
  readonly hook: HookName;
  readonly order: 'pre' | 'normal' | 'post';
  readonly before: string | undefined;
  readonly handler: Handler;
}

const STAGES = { pre: 0, normal: 1, post: 2 };

/**
 * Puts the handlers of one hook into the order they run in: pre, those that say nothing, post; within a stage in the
 * order of set-up, which itself comes from what plugins need; and whoever names another in `before` right before it.
 */
export function orderTaps(taps: readonly Tap[]): Tap[] {
  const ordered = taps.toSorted((a, b) => STAGES[a.order] - STAGES[b.order]);
  for (const tap of ordered.filter(({ before }) => before !== undefined)) {
    const from = ordered.indexOf(tap);
    const to = ordered.findIndex(({ plugin }) => plugin === tap.before);
    if (to < 0 || to > from) continue;
    ordered.splice(from, 1);
    ordered.splice(to, 0, tap);
  }
  return ordered;
}

/** The services that a plugin's tokens name. */
export function servicesOf(tokens: Plugin['needs']): string[] {
  return Object.values(tokens).map(({ service }) => service);
}

/**
 * The order of set-up: a plugin comes after those whose services it needs or wants, and else by name.
 * @param given the services that are there without a plugin
 * @param providersOff for a service, the plugins that would provide it if they were on
 * @returns the order; what is wrong with it, a sentence each; and what is missing, a sentence each
 */
export function orderSetUp(
  all: readonly Loaded[],
  given: ReadonlySet<string>,
  providersOff: (service: string) => readonly string[],
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
  for (const one of all.toSorted((a, b) => (a.plugin.name < b.plugin.name ? -1 : 1))) visit(one, []);
  return { ordered, mistakes, missing: missingServices(missing, providersOff) };
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
function missingServices(missing: readonly Missing[], providersOff: (service: string) => readonly string[]): string[] {
  const byCure = Object.groupBy(missing, ({ service }) => {
    const off = providersOff(service);
    return off.length === 0 ? `add a plugin that provides ${service}` : `switch on ${off.map(quoted).join(' or ')}`;
  });
  return Object.entries(byCure).map(([cure, lacks = []]) => {
    const services = [...new Set(lacks.map(({ service }) => service))].map(quoted).join(', ');
    const keys = [...new Set(lacks.map(({ key }) => key))].map(quoted).join(', ');
    return `No plugin that is on provides ${services}, without which there cannot be ${keys}: ${cure} under plugins, or switch off what needs it.`;
  });
}

function quoted(name: string): string {
  return `'${name}'`;
}
