/** The thread that checks whether the event loop of the main thread is blocked, and by which plugin. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { inStyle } from '../logging/style.ts';
import { BEAT, CALLED, DEBUGGED, HANG_TIME, NAMES_LENGTH, STALL, type WatchdogData } from './watchdog.ts';

/** The least number of samples in the time that the event loop may be blocked. */
const SAMPLES = 5;

/** The longest time between two samples, in milliseconds. */
const INTERVAL = 100;

/** A call of a plugin. */
interface Call {
  readonly plugin: string;
  readonly what: string;
}

const { cells, names, style, process: number } = workerData as WatchdogData;
const view = new Int32Array(cells);

// The state of the thread, which watches one process.
let beat = -1;
/** How often each number was seen since the last beat. */
let seen = new Map<number, number>();
/** How long there was no beat, in milliseconds, not counting time in which the machine did not run. */
let stalled = 0;
let isReported = false;
let killed = false;

sample(0);

/** Takes a sample. @param waited since the last one, in milliseconds */
function sample(waited: number): void {
  const [eventLoopStall, hangTime] = [Atomics.load(view, STALL), Atomics.load(view, HANG_TIME)];
  const next = Math.min(INTERVAL, eventLoopStall / SAMPLES);
  setTimeout(sample, next, next);
  const now = Atomics.load(view, BEAT);
  if (now !== beat) {
    beat = now;
    seen = new Map();
    stalled = 0;
    isReported = false;
    return;
  }
  stalled += waited;
  const id = Atomics.load(view, CALLED);
  seen.set(id, (seen.get(id) ?? 0) + 1);
  if (stalled >= eventLoopStall && !isReported) {
    isReported = true;
    warn(seenMost(), eventLoopStall);
  }
  if (hangTime > 0 && stalled >= hangTime && Atomics.load(view, DEBUGGED) === 0 && !killed) kill(seenMost(), hangTime);
}

/** The call that was seen most often since the last beat; undefined if mostly none was running. */
function seenMost(): Call | undefined {
  const id = [...seen].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const fields = Buffer.from(names, 0, Atomics.load(view, NAMES_LENGTH)).toString().split('\0');
  const [plugin, what] = id === 0 ? [] : fields.slice(2 * (id - 1));
  return plugin && what ? { plugin, what } : undefined;
}

function warn(call: Call | undefined, eventLoopStall: number): void {
  write(
    'warn',
    call,
    call
      ? `plugin '${call.plugin}' has blocked the event loop in ${call.what} for ${eventLoopStall} ms: no client is served meanwhile`
      : `the event loop has been blocked for ${eventLoopStall} ms, but not by a plugin's synchronous code`,
  );
}

/** Kills the process. As the first process of a container it survives, and nothing in the container can kill it. */
function kill(call: Call | undefined, hangTime: number): void {
  killed = true;
  const who = call ? `, by plugin '${call.plugin}' in ${call.what}` : '';
  write('error', call, `the event loop was blocked for ${hangTime} ms (limits.hangTime)${who}: killing the process`);
  process.kill(process.pid, 'SIGKILL');
}

/** Writes a line in the log's style to standard error, since the main thread cannot. */
function write(level: 'warn' | 'error', call: Call | undefined, msg: string): void {
  const facts = call && { plugin: call.plugin, what: call.what };
  const event = level === 'warn' ? 'event-loop' : 'hang';
  const line = { level, time: new Date().toISOString(), process: number, event, ...facts, msg };
  try {
    writeSync(2, inStyle(`${JSON.stringify(line)}\n`, style));
  } catch {
    // A full disk or a slow reader must not end the server, as an error of this thread would.
  }
}
