/** What plugins cost while they are merely on. */
import standard from '../plugins/standard.ts';
import type { Scenario } from './scenario.ts';
import { BROADCAST, closedLoop, DIRECT } from './workloads/closed-loop.ts';

/** Standard plugins that the load needs, or that say nothing of a chat over TCP with SQLite. */
const LEFT_OUT = ['tcp', 'sqlite', 'message', 'memory', 'tls', 'unix', 'log-messages'];

/** Plugins that others of the standard set need: these go off with them. */
const DEPENDENTS: Readonly<Record<string, readonly string[]>> = {
  http: ['websocket', 'page', 'health'],
  'offline-messages': ['fetch'],
  password: ['registration'],
};

const MEASURED = Object.entries(standard).flatMap(([name, plugin]) =>
  'always' in plugin || LEFT_OUT.includes(name) ? [] : [name],
);

const without = (plugin: string) =>
  Object.fromEntries([plugin, ...(DEPENDENTS[plugin] ?? [])].map((name) => [name, false]));

/** The standard set has all of them but `metrics`. */
const withPlugin = (plugin: string) => (plugin === 'metrics' ? { metrics: true } : {});

export const PLUGIN_SCENARIOS: readonly Scenario[] = [
  ...(['broadcast-100', 'direct-1000'] as const).map((name) => ({
    name: `idle-plugins-${name}`,
    summary: `like ${name}, with 10 and 20 idle plugins`,
    variants: {
      none: { kind: 'sqlite', idlePlugins: 0 },
      '10 idle': { kind: 'sqlite', idlePlugins: 10 },
      '20 idle': { kind: 'sqlite', idlePlugins: 20 },
    } as const,
    workload: closedLoop(name === 'direct-1000' ? DIRECT : { ...BROADCAST, clients: 100 }),
    headline: 'cpuPerMessage' as const,
  })),
  ...MEASURED.map((plugin) => ({
    name: `plugin-${plugin}`,
    summary: `like direct-100, without and with the plugin ${plugin}`,
    variants: {
      without: { kind: 'sqlite', plugins: without(plugin) },
      with: { kind: 'sqlite', plugins: withPlugin(plugin) },
    } as const,
    // What a plugin costs does not depend on how many log in first.
    workload: closedLoop({ ...DIRECT, clients: 100 }),
    headline: 'cpuPerMessage' as const,
  })),
];
