import { rename, rm } from 'node:fs/promises';
import { messageOf } from '../plugin/mistakes.ts';
import { Failure } from './failure.ts';

/**
 * Has a file written beside its place and moved there when it is whole: what was there before is not lost by half.
 * @param write writes to the path that it is given, where nothing is yet
 * @throws Failure when it could not be written
 */
export async function writeNewFile(file: string, write: (path: string) => Promise<void>): Promise<void> {
  const part = `${file}.part`;
  try {
    await rm(part, { force: true });
    await write(part);
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {});
    throw new Failure([`${file} could not be written: ${messageOf(cause)}`], { cause });
  }
}
