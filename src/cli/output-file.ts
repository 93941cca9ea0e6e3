import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, open, realpath, rename, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ConfigErrors } from '../host/config-errors.ts';
import { messageOf } from '../host/thrown.ts';
import { exitNow } from './exit.ts';
import { Failure } from './failure.ts';

/** Why an existing file must not be replaced; undefined if it may be. */
export type Objection = (file: string) => Promise<string | undefined>;

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Writes a temporary file beside the destination, and renames it once it is complete and on the disk, so that a failure
 * leaves an existing file intact. Replaces only regular files that are an earlier output.
 * @param objection checks an existing file
 * @param write writes to the absolute path that it is given, where no file exists
 * @throws ConfigErrors when an existing file must not be replaced; Failure when the file could not be written
 */
export async function writeOutputFile(
  file: string,
  objection: Objection,
  write: (path: string) => Promise<void>,
): Promise<void> {
  try {
    const place = await placeFor(file, objection);
    await withPart(join(dirname(place), `.chatserv-${randomUUID()}.part`), async (part) => {
      await write(part);
      await sync(part, 'r+');
      // It may have taken a while.
      if ((await placeFor(file, objection)) !== place) throw new Error('it changed meanwhile');
      await rename(part, place);
    });
    await sync(dirname(place), 'r');
  } catch (cause) {
    // A failure of the store, for example, is the reason why this file could not be written.
    if (cause instanceof ConfigErrors && !(cause instanceof Failure)) throw cause;
    throw new Failure([`${file} could not be written: ${messageOf(cause)}`], { cause });
  }
}

/** The destination, with links resolved. @throws ConfigErrors when an existing file must not be replaced */
async function placeFor(file: string, objection: Objection): Promise<string> {
  const path = resolve(file);
  const stats = await lstat(path).catch(absent);
  if (stats === undefined) return path;
  const place = await realpath(path).catch(absent);
  if (place === undefined) throw new ConfigErrors([`${file} is a link to a file that does not exist: name that file.`]);
  if (!(await lstat(place)).isFile()) throw new ConfigErrors([`${file} is not a regular file: name another one.`]);
  const why = await objection(place);
  if (why !== undefined) throw new ConfigErrors([`${file} exists and is not replaced: ${why}. Name another file.`]);
  return place;
}

function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

/** Works with a temporary file, which is removed afterwards, also when the process is interrupted. */
async function withPart(part: string, work: (part: string) => Promise<void>): Promise<void> {
  const interrupted = (signal: NodeJS.Signals) => {
    rmSync(part, { force: true });
    exitNow(128 + constants.signals[signal]);
  };
  for (const signal of INTERRUPTIONS) process.on(signal, interrupted);
  try {
    await work(part);
  } finally {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupted);
    await rm(part, { force: true });
  }
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  await handle.sync().finally(() => handle.close());
}
