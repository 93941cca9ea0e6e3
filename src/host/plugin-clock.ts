import type { SteadyClock } from '../api/clock.ts';
import { isPromise } from '../hooks/eventual.ts';
import { runnerOf } from './current.ts';

/**
 * The server's clock for one plugin.
 * @param failed called with what a callback throws, or what the promise that it returns rejects with
 */
export function pluginClock(clock: SteadyClock, plugin: string, failed: (thrown: unknown) => void): SteadyClock {
  const runner = runnerOf(plugin);
  const call = (callback: () => unknown): void => {
    try {
      const result = runner(callback);
      if (isPromise(result)) new Promise((resolve) => resolve(result)).catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (milliseconds, callback) => clock.after(milliseconds, () => call(callback)),
  };
}
