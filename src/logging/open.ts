import { setTimeout as after } from 'node:timers/promises';
import { pino } from 'pino';
import sonic from 'sonic-boom';
import type { Logger } from '../api/logger.ts';
import { inStyle, type Level, type Style, styleOf } from './style.ts';

/** How much of the log may wait to be written, in bytes; what comes on top is lost and counted. */
const WAITING = 8 * 1024 * 1024;

/** The longest write that programs which share a pipe do not mix up (PIPE_BUF), in bytes. */
const UNDIVIDED = 4096;

/** How long the rest may take to be written at the end, in milliseconds. */
const PATIENCE = 2_000;

/** How long the other thread is given for what it has in hand when the process ends by mistake, in milliseconds. */
const IN_HAND = 100;

/** The log of this process, on standard error. */
export interface Log {
  readonly logger: Logger;
  readonly style: Style;
  /** Whether what is logged at level info stands on a terminal, for a person to read. */
  tellsPeople(): boolean;
  /** From now on lines of this level and above are written. */
  setLevel(level: Level): void;
  /** Writes what is left; what nobody reads in two seconds is lost. */
  end(): Promise<void>;
}

/**
 * Opens the log on standard error. Lines are written by another thread: whoever reads them slowly, or a disk that is
 * full, holds nobody up. A process that ends without `end` writes what is queued on its way out.
 * @param number that of this process, if it is one of several that write to the same log
 */
export function openLog(level: Level, number?: number): Log {
  const style = styleOf(process.stderr, process.env);
  // A terminal is written to at once, so that the program's other output stands in its place.
  const sync = style === 'plain' || style === 'coloured';
  /** Until when a full pipe is tried again, on the clock of `performance`. */
  let until = Number.POSITIVE_INFINITY;
  const retryEAGAIN = () => performance.now() < until;
  // Not `pino.destination`, which tries for ever to write the rest at the end, also to a disk that is full.
  const stream = new sonic.SonicBoom({ fd: 2, sync, maxLength: WAITING, maxWrite: UNDIVIDED, retryEAGAIN });
  let failing = false;
  let lost = 0;
  let idle = true;
  const write = (line: string): void => {
    idle = false;
    stream.write(inStyle(line, style));
  };
  const options = {
    level,
    base: number === undefined ? undefined : { process: number },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, { write });
  stream.on('drop', () => lost++);
  stream.on('drain', () => {
    idle = true;
    const lines = lost;
    lost = 0;
    if (lines > 0) logger.warn({ event: 'log-lost', lines }, 'log lines were dropped: the log is read too slowly');
  });
  stream.on('write', () => {
    failing = false;
  });
  // Nobody reads the log any more, or the disk is full; that is no reason to end.
  stream.on('error', () => {
    idle = true;
    failing = true;
  });
  const flush = (): void => {
    if (idle || failing) return;
    // What the other thread has in hand it writes while this one waits; what is left is written here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, IN_HAND);
    until = performance.now() + PATIENCE;
    try {
      stream.flushSync();
    } catch {
      // Whoever reads takes too long over it: the rest is lost, and the process ends.
    }
  };
  process.on('exit', flush);
  return {
    logger,
    style,
    tellsPeople: () => sync && logger.isLevelEnabled('info'),
    setLevel(to) {
      logger.level = to;
    },
    async end() {
      const { promise: written, resolve } = Promise.withResolvers<void>();
      stream.once('drain', resolve).once('error', () => resolve());
      if (!idle && !sync) await Promise.race([written, after(PATIENCE, undefined, { ref: false })]);
      process.off('exit', flush);
    },
  };
}
