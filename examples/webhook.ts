import { definePlugin, z } from 'chatserv';

/** Posts each broadcast to another program. It never delays the chat: broadcasts that cannot be delivered are dropped. */
export default definePlugin({
  name: 'webhook',
  summary: 'Posts broadcasts to a URL, with retries',
  options: z.strictObject({
    url: z.url().describe('The URL that broadcasts are posted to, as JSON'),
    attempts: z.int().positive().default(5).describe('How many attempts for each'),
    wait: z
      .number()
      .positive()
      .default(1)
      .describe('How long to wait after the first failure, in seconds; doubles each time'),
    waiting: z.int().positive().default(1000).describe('How many are queued before more are dropped'),
  }),
  setup({ options, clock, logger, signal, hotState }) {
    // The queue survives a reload. It is sent in order, one at a time.
    const queue = hotState('queue', () => [] as string[]);
    let sending = false;

    async function deliver(body: string): Promise<void> {
      const headers = { 'content-type': 'application/json' };
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
      const response = await fetch(options.url, { method: 'POST', headers, body, signal: timeout });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`${options.url} answered ${response.status}`);
    }

    async function send(attempt = 1): Promise<void> {
      const [body] = queue;
      sending = body !== undefined && !signal.aborted;
      if (body === undefined || signal.aborted) return;
      try {
        await deliver(body);
      } catch (err) {
        if (signal.aborted) return;
        if (attempt < options.attempts) {
          clock.after(options.wait * 1000 * 2 ** (attempt - 1), () => void send(attempt + 1));
          return;
        }
        logger.error({ err }, `dropped a broadcast after ${options.attempts} attempts`);
      }
      queue.shift();
      await send();
    }

    return {
      start: () => void send(),
      hooks: {
        onMessage: {
          async observe({ from, text, time, audience }) {
            if (!('group' in audience) || queue.length >= options.waiting) return;
            queue.push(JSON.stringify({ from: from.name, text, time: new Date(time).toISOString() }));
            if (!sending) void send();
          },
        },
      },
    };
  },
});
