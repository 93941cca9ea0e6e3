import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { partsOf } from '../sdk/storage-over.ts';
import { Accounts } from '../services/accounts.ts';
import { Archive, type ArchivedAccount } from '../services/archive.ts';
import { head, write } from './archive-lines.ts';
import { writeOutputFile } from './output-file.ts';
import { print } from './print.ts';
import { mustBeUsed, withServices } from './services.ts';

const PAGE = 500;

/** How every archive begins. */
const ARCHIVE = '{"type":"archive"';

/** Writes accounts, log and plugins' data as JSON lines, to a file or to standard output, also while the server runs. */
export async function exportAll(config: string | undefined, file: string | undefined): Promise<void> {
  await withServices(config, { accounts: Accounts, archive: Archive }, async ({ accounts, archive }, name) => {
    await mustBeUsed(accounts, name);
    if (file === undefined) return writeAll(archive, process.stdout);
    await writeOutputFile(file, notAnArchive, async (path) => {
      const stream = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
      const written = finished(stream);
      await Promise.all([writeAll(archive, stream).then(() => stream.end()), written]);
    });
    print(`Accounts and log are written to ${file}.\n`);
  });
}

/** Only an earlier archive is replaced, whole or not, and an empty file. */
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
  const accounts: ArchivedAccount[] = [];
  for await (const page of pages((after) => archive.accounts(after, PAGE))) accounts.push(...page);
  // After the accounts, so that no cursor is beyond it.
  const ends = await archive.ends();
  await put(to, write(head(ends)));
  for (const account of accounts) await put(to, write({ type: 'account', ...account }));
  await writeMessages(archive, ends.message, to);
  await writeTexts(archive, to);
}

/** Writes the messages up to an id. */
async function writeMessages(archive: Archive, last: number, to: Writable): Promise<void> {
  for await (const page of pages((after) => archive.messages(after, PAGE))) {
    for (const message of page) {
      if (message.id > last) return;
      await put(to, write({ type: 'message', ...message }));
    }
  }
}

/** Writes what plugins have stored. */
async function writeTexts(archive: Archive, to: Writable): Promise<void> {
  let last = '';
  const next = async () => (await archive.texts?.(last, PAGE)) ?? [];
  for (let page = await next(); page.length > 0; page = await next()) {
    for (const [place, text] of page) {
      await put(to, write({ type: 'stored', ...partsOf(place), value: JSON.parse(text) }));
      last = place;
    }
  }
}

/** All that a reader of pages gives, page by page. */
async function* pages<T extends { readonly id: number }>(read: (after: number) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let page = await read(0); page.length > 0; page = await read(page.at(-1)?.id ?? 0)) yield page;
}

async function put(to: Writable, text: string): Promise<void> {
  if (!to.write(text)) await once(to, 'drain');
}
