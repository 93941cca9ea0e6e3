import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Accounts } from '../services/accounts.ts';
import { Archive } from '../services/archive.ts';
import { write } from './archive-lines.ts';
import { linesOfStore } from './archive-source.ts';
import { writeOutputFile } from './output-file.ts';
import { print } from './print.ts';
import { mustBeUsed, withServices } from './services.ts';

/** The first bytes of every archive. */
const ARCHIVE = '{"type":"archive"';

/** Writes accounts, log and plugins' data as JSON lines to a file or to standard output. The server may be running. */
export async function exportAll(config: string | undefined, file: string | undefined): Promise<void> {
  await withServices(config, { accounts: Accounts, archive: Archive }, async ({ accounts, archive }, name) => {
    await mustBeUsed(accounts, name);
    if (file === undefined) return writeAll(archive, process.stdout);
    await writeOutputFile(file, notAnArchive, async (path) => {
      const stream = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
      const written = finished(stream);
      await Promise.all([writeAll(archive, stream).then(() => stream.end()), written]);
    });
    print(`Wrote accounts and log to ${file}.\n`);
  });
}

/** Only an earlier archive, complete or not, and an empty file may be replaced. @returns why this file may not */
async function notAnArchive(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(ARCHIVE.length) });
    return ARCHIVE.startsWith(buffer.toString('latin1', 0, bytesRead)) ? undefined : 'it is not an archive of chatserv';
  } finally {
    await handle.close();
  }
}

async function writeAll(archive: Archive, to: Writable): Promise<void> {
  for await (const line of linesOfStore(archive)) if (!to.write(write(line))) await once(to, 'drain');
}
