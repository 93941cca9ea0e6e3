/** What plugins cost while they are merely on. */
import type { Scenario } from './scenario.ts';
import type { Variant } from './servers/variant.ts';
import { BROADCAST, closedLoop, DIRECT } from './workloads/closed-loop.ts';

/** Plugins that others of the standard set need: these go off with them. */
const DEPENDENTS: Readonly<Record<string, readonly string[]>> = {
  http: ['websocket', 'page', 'health'],
  'offline-messages': ['fetch'],
};
/** Plugins of the standard set that can be off. */
const OPTIONAL = [
  ...['connections', 'registration', 'lockout', 'login-rate', 'single-session', 'resume', 'timeouts'],
  ...['offline-messages', 'whoelse', 'who', 'wholast', 'fetch', 'help', 'logout', 'roles', 'admin', 'watch'],
  ...['http', 'websocket', 'page', 'health', 'control'],
];

const without = (plugin: string): Variant => ({
  kind: 'sqlite',
  plugins: Object.fromEntries([plugin, ...(DEPENDENTS[plugin] ?? [])].map((name) => [name, false])),
});

export const PLUGIN_SCENARIOS: readonly Scenario[] = [
  ...(['broadcast-100', 'direct-1000'] as const).map((name) => ({
    name: `idle-plugins-${name}`,
    summary: `like ${name}, with 10 and 20 idle plugins`,
    variants: {
      none: { kind: 'sqlite', idlePlugins: 0 },
      '10': { kind: 'sqlite', idlePlugins: 10 },
      '20': { kind: 'sqlite', idlePlugins: 20 },
    } as const,
    workload: closedLoop(name === 'direct-1000' ? DIRECT : { ...BROADCAST, clients: 100 }),
    headline: 'cpuPerMessage' as const,
  })),
  {
    name: 'plugins',
    summary: 'like direct-1000: the standard set, and the same with one plugin off',
    variants: {
      'standard set': { kind: 'sqlite' },
      ...Object.fromEntries(OPTIONAL.map((name) => [`without ${name}`, without(name)])),
    },
    workload: closedLoop(DIRECT),
    headline: 'cpuPerMessage',
  },
];
