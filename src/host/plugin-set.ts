import { ConfigErrors } from './config-errors.ts';
import type { Lifecycle, Phase } from './lifecycle.ts';
import type { ConfigPlace, Loaded } from './load.ts';
import { type Live, reasonOf } from './plugin-setup.ts';
import type { HotValue } from './plugin-state.ts';

/** Starts, stops and disposes of the plugins of a generation. */
export class PluginSet {
  /** In the order of set-up. */
  readonly #live: Live[] = [];
  readonly #lifecycle: Lifecycle;
  readonly #place: ConfigPlace;

  constructor({ lifecycle, place }: { readonly lifecycle: Lifecycle; readonly place: ConfigPlace }) {
    this.#lifecycle = lifecycle;
    this.#place = place;
  }

  /** The plugins in the order of set-up. */
  get live(): readonly Live[] {
    return this.#live;
  }

  add(live: Live): void {
    this.#live.push(live);
  }

  /** Calls `start` of the plugins that were not carried over. @throws ConfigErrors when one fails */
  async start(before: readonly Live[]): Promise<void> {
    for (const { loaded, contributions } of this.#live.filter((live) => !before.includes(live))) {
      try {
        await this.#lifecycle.run(loaded.plugin.name, 'start', () => contributions.start?.());
      } catch (cause) {
        throw new ConfigErrors([`The plugin '${loaded.key}' could not start: ${reasonOf(cause, this.#place)}`], {
          cause,
        });
      }
    }
  }

  /** Calls `stop` of all plugins, the last one set up first. */
  async stop(): Promise<void> {
    for (const { loaded, contributions } of this.#live.toReversed()) {
      await this.#quietly(loaded, 'stop', contributions.stop);
    }
  }

  /** Disposes of all plugins, the last one set up first. Failures are logged. */
  async dispose(): Promise<void> {
    for (let live = this.#live.pop(); live !== undefined; live = this.#live.pop()) await this.#end(live, new Set());
  }

  /** Disposes of the plugins that were not carried over; those before continue. */
  async abandon(before: readonly Live[]): Promise<void> {
    const inUse = hotValuesOf(before);
    for (let live = this.#live.pop(); live !== undefined; live = this.#live.pop()) {
      if (before.includes(live)) continue;
      const { name } = live.loaded.plugin;
      const replaced = before.find(({ loaded }) => loaded.plugin.name === name);
      // Has the plugin that it was to replace take back what it took over, such as a listener.
      if (replaced === undefined) await this.#quietly(live.loaded, 'stop', live.contributions.stop);
      else await this.#quietly(replaced.loaded, 'start', replaced.contributions.start);
      await this.#end(live, inUse);
    }
  }

  /**
   * Stops the plugins that the next set removes, and disposes of those that it did not carry over.
   * @param idle resolves when none of them is in use any more
   */
  async retire(next: readonly Live[], idle: () => Promise<unknown>): Promise<void> {
    const leaving = this.#live.filter((live) => !next.includes(live)).toReversed();
    const names = new Set(next.map(({ loaded }) => loaded.plugin.name));
    const inUse = hotValuesOf(next);
    for (const { loaded, contributions } of leaving) {
      if (!names.has(loaded.plugin.name)) await this.#quietly(loaded, 'stop', contributions.stop);
    }
    await idle();
    for (const live of leaving) await this.#end(live, inUse);
  }

  /** @param inUse values that other plugins still use */
  async #end({ loaded, contributions, leaves, hotState }: Live, inUse: ReadonlySet<HotValue>): Promise<void> {
    leaves.abort();
    await this.#quietly(loaded, 'dispose', contributions.dispose);
    for (const one of hotState.values()) {
      if (!inUse.has(one)) await this.#quietly(loaded, 'closing its hot state', one.close);
    }
  }

  #quietly({ plugin }: Loaded, phase: Phase, call: (() => void | Promise<void>) | undefined): Promise<void> {
    return this.#lifecycle.runQuietly(plugin.name, phase, call);
  }
}

function hotValuesOf(live: readonly Live[]): ReadonlySet<HotValue> {
  return new Set(live.flatMap(({ hotState }) => [...hotState.values()]));
}
