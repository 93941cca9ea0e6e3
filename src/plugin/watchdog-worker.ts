/** The thread that looks whether the event loop of the other one is held up, and by whom. */
import { writeSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { inStyle } from '../log/style.ts';
import { ALLOWED, BEAT, CALLED, type Naming, type WatchdogData } from './watchdog.ts';

/** How many samples are taken in the time that the event loop may be held up. */
const SAMPLES = 5;

const { cells, style } = workerData as WatchdogData;
const view = new Int32Array(cells);
const names = new Map<number, Naming>();

let beat = -1;
/** How often each was seen since the last beat. */
let seen = new Map<number, number>();
let samples = 0;
let said = false;

look();

function look(): void {
  const blockTime = Atomics.load(view, ALLOWED);
  setTimeout(look, blockTime / SAMPLES);
  for (let told = receive(); told !== undefined; told = receive()) names.set(told.id, told);
  const now = Atomics.load(view, BEAT);
  if (now !== beat) {
    beat = now;
    seen = new Map();
    samples = 0;
    said = false;
    return;
  }
  const id = Atomics.load(view, CALLED);
  seen.set(id, (seen.get(id) ?? 0) + 1);
  if (++samples < SAMPLES || said) return;
  said = true;
  say([...seen].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0, blockTime);
}

function receive(): Naming | undefined {
  return parentPort ? receiveMessageOnPort(parentPort)?.message : undefined;
}

/** Straight to standard error, as the log would have it: the other thread cannot. */
function say(id: number, blockTime: number): void {
  const name = names.get(id);
  const msg = name
    ? `plugin '${name.plugin}' keeps the event loop in ${name.what} for more than ${blockTime} ms: nobody is served meanwhile`
    : `the event loop is held up for more than ${blockTime} ms, by none of the plugins' first steps`;
  const facts = name && { plugin: name.plugin, what: name.what };
  const line = { level: 'warn', time: new Date().toISOString(), event: 'event-loop', ...facts, msg };
  try {
    writeSync(2, inStyle(`${JSON.stringify(line)}\n`, style));
  } catch {
    // A disk that is full, or a reader that is slow: no reason to end the server, as an error of this thread would.
  }
}
