import { AsyncLocalStorage } from 'node:async_hooks';

/** Which plugin's code runs, and what it has set going, by its name or by what the config calls it. */
const current = new AsyncLocalStorage<string | undefined>();

/** Calls something, with these arguments. */
type Runner = <R, Args extends unknown[]>(call: (...args: Args) => R, ...args: Args) => R;

const runners = new Map<string, Runner>();

/**
 * What calls something in a plugin's name; what that sets going, such as timers and sockets, is the plugin's too.
 * Handlers are called so for each message: one that is made once costs half of what `run` does.
 */
export function runnerOf(plugin: string): Runner {
  const runner = runners.get(plugin) ?? current.run(plugin, () => AsyncLocalStorage.snapshot());
  runners.set(plugin, runner);
  return runner;
}

/** Calls something of the server's own out of a plugin's code. */
export function runAsServer<T>(call: () => T): T {
  return current.run(undefined, call);
}

/** The plugin in whose name the code that runs was set going, if any. */
export function currentPlugin(): string | undefined {
  return current.getStore();
}

/** From here on the code that runs is nobody's. */
export function leaveCurrent(): void {
  current.enterWith(undefined);
}
