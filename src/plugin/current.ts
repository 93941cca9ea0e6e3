import { AsyncLocalStorage } from 'node:async_hooks';

/** Which plugin's code runs, and what it has set going, by its name or by what the config calls it. */
const current = new AsyncLocalStorage<string | undefined>();

/** Calls something in a plugin's name; what it sets going, such as timers and sockets, is the plugin's too. */
export function runAs<T>(plugin: string, call: () => T): T {
  return current.run(plugin, call);
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
