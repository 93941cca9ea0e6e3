/** Lets a benchmark's clients in by name alone, and tells what the server costs: what is measured is the chat, not argon2. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Accounts, admit, definePlugin } from 'chatserv';

export default definePlugin({
  name: 'open-door',
  summary: 'Lets anyone in by name, and tells what the server costs',
  needs: { accounts: Accounts },
  setup({ accounts }) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    return {
      hooks: {
        onUsername: {
          order: 'pre',
          async handler(_session, name) {
            const account = (await accounts.find(name)) ?? (await accounts.create(name, ''));
            return account && admit(account);
          },
        },
      },
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
