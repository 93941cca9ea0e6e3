import type { Kernel } from '../kernel/kernel.ts';
import type { ServerFacts, ServerState } from '../services/plugins.ts';
import type { ServerCounters } from './counters.ts';
import type { Events } from './events.ts';
import type { Generation } from './generation.ts';
import type { Meters } from './meter.ts';

/** The parts of a running server that count something. */
interface Counting {
  readonly state: ServerState;
  readonly kernel: Kernel;
  readonly counters: ServerCounters;
  readonly events: Events;
  readonly meters: Meters;
  readonly generation: Generation;
}

/** What a server reports about itself, for `chatserv top` and metrics. */
export function serverFacts({ state, kernel, counters, events, meters, generation }: Counting): ServerFacts {
  return {
    state,
    uptime: process.uptime(),
    sessions: [...kernel.sessions()].length,
    online: kernel.messages.online.accounts().length,
    messages: counters.posted,
    deliveries: counters.deliveries,
    bytes: { received: counters.bytesReceived, sent: counters.bytesSent },
    keeping: counters.keeping.snapshot(),
    delivering: counters.delivering.snapshot(),
    limits: counters.limitHits.read(),
    events: events.read(),
    plugins: generation.plugins().map(({ loaded: { plugin } }) => ({
      name: plugin.name,
      quarantined: generation.isQuarantined(plugin.name),
      meters: meters.read(plugin.name),
    })),
  };
}
