import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** The plugin whose code, or whose timer, socket or promise, is running: its name, or its key in the config. */
const current = new AsyncLocalStorage<string | undefined>();

/** Calls a function with these arguments, at most three: an array of them would cost more than many a handler does. */
type Runner = <R, Args extends readonly unknown[]>(call: (...args: Args) => R, ...args: Args) => R;

/** By plugin, for all servers of the process: a runner has no state but the name. */
const runners = new Map<string, Runner>();

/**
 * Calls functions in a plugin's name. What they start, such as timers and sockets, belongs to the plugin too. Cached, since
 * handlers run for each message: entering the scope of a resource takes a tenth of the time that `current.run` does.
 */
export function runnerOf(plugin: string): Runner {
  const known = runners.get(plugin);
  if (known !== undefined) return known;
  const scope = scopeOf(plugin);
  const runner = ((call: (...args: unknown[]) => unknown, first: unknown, second: unknown, third: unknown) =>
    scope.runInAsyncScope(call, undefined, first, second, third)) as Runner;
  runners.set(plugin, runner);
  return runner;
}

const server = scopeOf(undefined);

function scopeOf(plugin: string | undefined): AsyncResource {
  return current.run(plugin, () => new AsyncResource('PLUGIN', { requireManualDestroy: true }));
}

/** Calls a function of the server itself from a plugin's code. Sessions that it starts share one scope. */
export function runAsServer<T>(call: () => T): T {
  return server.runInAsyncScope(call);
}

/** The plugin in whose name the current code was started, if any. */
export function currentPlugin(): string | undefined {
  return current.getStore();
}

/** From here on the current code belongs to no plugin. */
export function leaveCurrent(): void {
  current.enterWith(undefined);
}
