import { monitorEventLoopDelay } from 'node:perf_hooks';
import { definePlugin } from 'chatserv';

export default definePlugin({
  name: 'measure',
  summary: 'Tells by how much the event loop was late',
  setup() {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    return {
      commands: [
        {
          name: 'measure',
          usage: 'measure',
          summary: 'Tells what was measured since the last time',
          run() {
            globalThis.gc?.();
            // The histogram counts from one tick of a millisecond to the next.
            const p99 = delay.percentile(99) / 1e6 - 1;
            delay.reset();
            return JSON.stringify({ delayP99: Math.max(p99, 0) });
          },
        },
      ],
      dispose: () => void delay.disable(),
    };
  },
});
