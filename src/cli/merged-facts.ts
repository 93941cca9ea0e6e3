import type { HistogramSnapshot, LivePluginFacts, Meter, ServerFacts } from '../services/plugins.ts';
import type { Facts } from './control.ts';

type Counts = Readonly<Record<string, number>>;

/** A process that does not answer. */
const NOT_RUNNING = { state: 'starting', uptime: 0, sessions: 0, messages: 0, delay: 0 } as const;

/**
 * The facts of several processes as those of one server: sums, the state of all, and the longest delay.
 * @param all those of the processes that answered, by number @param count how many processes there are to be
 */
export function mergedFacts(all: ReadonlyMap<number, Facts>, count: number): Facts {
  const each = [...all.values()];
  const sum = (of: (facts: Facts) => number) => total(each.map(of));
  return {
    state: stateOf(each, count),
    // Of the supervisor, so that rates are right when a process is new.
    uptime: process.uptime(),
    sessions: sum(({ sessions }) => sessions),
    online: sum(({ online }) => online),
    messages: sum(({ messages }) => messages),
    deliveries: sum(({ deliveries }) => deliveries),
    bytes: { received: sum(({ bytes }) => bytes.received), sent: sum(({ bytes }) => bytes.sent) },
    keeping: mergedHistogram(each.map(({ keeping }) => keeping)),
    delivering: mergedHistogram(each.map(({ delivering }) => delivering)),
    limits: mergedCounts(each.map(({ limits }) => limits)),
    events: mergedCounts(each.map(({ events }) => events)),
    plugins: mergedPlugins(each.flatMap(({ plugins }) => plugins)),
    delay: Math.max(...each.map(({ delay }) => delay)),
    processes: Array.from({ length: count }, (_, index) => all.get(index + 1) ?? NOT_RUNNING).map(
      ({ state, uptime, sessions, messages, delay }) => ({ state, uptime, sessions, messages, delay }),
    ),
  };
}

function stateOf(each: readonly Facts[], count: number): ServerFacts['state'] {
  if (each.length < count) return 'starting';
  return each.find(({ state }) => state !== 'serving')?.state ?? 'serving';
}

function mergedPlugins(plugins: readonly LivePluginFacts[]): LivePluginFacts[] {
  return [...Map.groupBy(plugins, ({ name }) => name)].map(([name, some]) => ({
    name,
    quarantined: some.some(({ quarantined }) => quarantined),
    meters: mergedMeters(some.flatMap(({ meters }) => meters)),
  }));
}

function mergedMeters(meters: readonly Meter[]): Meter[] {
  return [...Map.groupBy(meters, ({ what }) => what)].map(([what, some]) => {
    const spread = mergedHistogram(some.map((meter) => meter.spread));
    return {
      what,
      calls: total(some.map(({ calls }) => calls)),
      errors: total(some.map(({ errors }) => errors)),
      mean: spread.count === 0 ? 0 : spread.sum / spread.count,
      // That of the slowest process, which is no less than that of all.
      p99: Math.max(...some.map(({ p99 }) => p99)),
      spread,
    };
  });
}

/** All have the same bounds. */
function mergedHistogram(some: readonly HistogramSnapshot[]): HistogramSnapshot {
  return {
    count: total(some.map(({ count }) => count)),
    sum: total(some.map(({ sum }) => sum)),
    upTo: (some[0]?.upTo ?? []).map(([bound], index) => [bound, total(some.map(({ upTo }) => upTo[index]?.[1] ?? 0))]),
  };
}

function mergedCounts(some: readonly Counts[]): Counts {
  const names = new Set(some.flatMap((counts) => Object.keys(counts)));
  return Object.fromEntries([...names].map((name) => [name, total(some.map((counts) => counts[name] ?? 0))]));
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
