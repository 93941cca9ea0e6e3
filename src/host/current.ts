import { AsyncLocalStorage } from 'node:async_hooks';

/** The plugin whose code, or whose timer, socket or promise, is running: its name, or its key in the config. */
const current = new AsyncLocalStorage<string | undefined>();

/** Calls a function with these arguments. */
type Runner = <R, Args extends unknown[]>(call: (...args: Args) => R, ...args: Args) => R;

const runners = new Map<string, Runner>();

/**
 * Calls functions in a plugin's name. What they start, such as timers and sockets, belongs to the plugin too. Cached, since
 * handlers run for each message: a snapshot costs half of `run`.
 */
export function runnerOf(plugin: string): Runner {
  const runner = runners.get(plugin) ?? current.run(plugin, () => AsyncLocalStorage.snapshot());
  runners.set(plugin, runner);
  return runner;
}

/** Calls a function of the server itself from a plugin's code. */
export function runAsServer<T>(call: () => T): T {
  return current.run(undefined, call);
}

/** The plugin in whose name the current code was started, if any. */
export function currentPlugin(): string | undefined {
  return current.getStore();
}

/** From here on the current code belongs to no plugin. */
export function leaveCurrent(): void {
  current.enterWith(undefined);
}
