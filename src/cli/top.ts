import { setTimeout as after } from 'node:timers/promises';
import { type Facts, runningServer } from './control.ts';
import { print } from './print.ts';
import { inTime } from './units.ts';

/** How many handlers and commands are shown; those that took the most time. */
const SHOWN = 15;

/**
 * Shows the activity of the running server, on a terminal until it is interrupted, and elsewhere once.
 * @param every seconds between two updates
 * @param times how many updates; 0 is unlimited
 */
export async function top(
  config: string | undefined,
  every: number,
  times = process.stdout.isTTY ? 0 : 1,
): Promise<void> {
  const server = await runningServer(config);
  let before: Facts | undefined;
  for (let count = 1; ; count++) {
    const now = (await server.ask('facts')) as Facts;
    // On a terminal each update replaces the one before.
    if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
    print(picture(now, before));
    if (count === times) return;
    before = now;
    await after(every * 1000);
  }
}

function picture(now: Facts, before: Facts | undefined): string {
  const seconds = before === undefined ? now.uptime : now.uptime - before.uptime;
  const rate = (count: number, earlier = 0) => Math.max(0, Math.round((count - earlier) / seconds));
  const head = [
    `up ${Math.round(now.uptime)} s`,
    `${now.sessions} sessions`,
    `${now.online} online`,
    `${rate(now.messages, before?.messages)} messages a second`,
    `event loop delay ${inTime(now.delay)} (p99)`,
  ].join(', ');
  const limits = Object.entries(now.limits).map(([limit, count]) => `${limit} ${count}`);
  const met = limits.length > 0 ? `\nlimits hit: ${limits.join(', ')}` : '';
  const processes = now.processes?.map(({ state, sessions, messages, delay }, index) => {
    const since = rate(messages, before?.processes?.[index]?.messages);
    return `\nprocess ${index + 1}: ${state}, ${sessions} sessions, ${since} messages a second, event loop delay ${inTime(delay)}`;
  });
  const rows = now.plugins.flatMap(({ name, quarantined, meters }) =>
    meters.map((meter) => ({ name: quarantined ? `${name} (quarantined)` : name, ...meter })),
  );
  const lines = rows
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls * b.mean - a.calls * a.mean)
    .slice(0, SHOWN)
    .map(({ name, what, calls, errors, mean, p99 }) => {
      const earlier = before?.plugins.find((one) => one.name === name)?.meters.find((one) => one.what === what);
      return [name, what, `${rate(calls, earlier?.calls)}/s`, String(calls), String(errors), inTime(mean), inTime(p99)];
    });
  return `${head}${processes?.join('') ?? ''}${met}\n\n${table([['plugin', 'what', 'now', 'calls', 'failed', 'mean', 'p99'], ...lines])}\n`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}\n`,
    )
    .join('');
}
