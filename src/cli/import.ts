import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { cannotRead, linesOf } from '../config/text-file.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { textKey } from '../sdk/storage-over.ts';
import {
  Archive,
  type ArchivedAccount,
  type ArchivedEntry,
  type ArchivedKey,
  type ArchivedRoom,
} from '../services/archive.ts';
import type { StoredText } from '../services/storage.ts';
import type { ArchiveLine, ReadLine } from './archive-lines.ts';
import { ArchiveReader } from './archive-reader.ts';
import { factsOf } from './control.ts';
import { print } from './print.ts';
import { withServicesAlone } from './services.ts';
import { readConfig } from './setting.ts';
import type { Version1Plan } from './version-1-plan.ts';

/** How many lines are added at once. */
const AT_ONCE = 500;

/** How many wrong lines are reported. */
const SHOWN = 20;

/** What was counted in an archive. */
interface Counts {
  readonly accounts: number;
  readonly messages: number;
  /** Values that plugins stored. */
  readonly values: number;
}

/**
 * Imports an archive that `export` wrote into a store that was never used: all of it, or nothing if a line is wrong or the
 * import is interrupted.
 */
export async function importAll(config: string | undefined, file: string): Promise<void> {
  const { limits, place } = await readConfig(config);
  if ((await factsOf(config)) !== undefined) {
    throw new ConfigErrors([`A server is running with ${place.name}: stop it before you import into its store.`]);
  }
  // Messages stay in the inbox while half the outbox is full, so each must fit into the other half.
  const messageBytes = Math.floor(limits.outboxBytes / 2);
  const { counts, plan } = await check(file, messageBytes);
  await withServicesAlone(config, { archive: Archive }, async ({ archive }) => {
    const added = await add(archive, file, new ArchiveReader(messageBytes, plan));
    if (!isDeepStrictEqual(added, counts)) {
      throw new ConfigErrors([`${file} changed while it was read: nothing was imported.`]);
    }
    await archive.finish?.();
    const values = counts.values === 0 ? '' : `, plugin values ${counts.values}`;
    print(`Imported: users ${counts.accounts}, messages ${counts.messages}${values}.\n`);
  });
}

/** Checks the whole file before anything is imported. @throws ConfigErrors that name the wrong lines */
async function check(
  file: string,
  messageBytes: number,
): Promise<{ readonly counts: Counts; readonly plan: Version1Plan | undefined }> {
  // It is read twice, which rules out a pipe.
  const found = await stat(file).catch((cause: unknown) => {
    throw cannotRead(file, cause);
  });
  if (found.isDirectory()) throw new ConfigErrors([`${file} cannot be read: it is a folder`]);
  if (!found.isFile()) throw new ConfigErrors([`${file} is not a file: write the archive to a file and import that.`]);
  const wrong: string[] = [];
  const reader = new ArchiveReader(messageBytes);
  const counters = newCounters();
  for await (const { number, line } of linesIn(file, reader)) {
    if (typeof line === 'string') wrong.push(`${file}:${number}: ${line}`);
    else counters[line.type]++;
    if (wrong.length >= SHOWN) break;
  }
  if (wrong.length === 0 && counters.archive === 0) wrong.push(`${file} is empty.`);
  if (wrong.length > 0) throw new ConfigErrors([...wrong, `Nothing was imported from ${file}.`]);
  return { counts: countsOf(counters), plan: reader.plan };
}

/** Adds the file's lines to the store. @returns their counts; undefined if a line is wrong after all */
async function add(archive: Archive, file: string, reader: ArchiveReader): Promise<Counts | undefined> {
  const counters = newCounters();
  const batch = new Batch(archive);
  for await (const { line } of linesIn(file, reader)) {
    if (typeof line === 'string') return undefined;
    counters[line.type]++;
    for (const one of line.lines) await batch.add(one);
  }
  await batch.put();
  return countsOf(counters);
}

/** Adds lines to a store in batches. */
class Batch {
  readonly #archive: Archive;
  readonly #accounts: ArchivedAccount[] = [];
  readonly #rooms: ArchivedRoom[] = [];
  readonly #entries: ArchivedEntry[] = [];
  readonly #keys: ArchivedKey[] = [];
  readonly #texts: StoredText[] = [];
  #size = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async add(line: ArchiveLine): Promise<void> {
    switch (line.type) {
      case 'archive':
        if (await this.#archive.begin(line)) return;
        throw new ConfigErrors([
          'The store is not empty, and an archive can only be imported into a new one: set its file to another path.',
        ]);
      case 'account':
        this.#accounts.push(untyped(line));
        break;
      case 'room':
        this.#rooms.push(untyped(line));
        break;
      case 'entry':
        this.#entries.push(untyped(line));
        break;
      case 'key':
        this.#keys.push(untyped(line));
        break;
      case 'stored':
        if (this.#archive.addTexts === undefined) {
          throw new ConfigErrors([
            'The archive contains plugin data, which this store cannot hold: nothing was imported.',
          ]);
        }
        this.#texts.push([textKey(line.collection, line.key), JSON.stringify(line.value)]);
    }
    if (++this.#size >= AT_ONCE) await this.put();
  }

  async put(): Promise<void> {
    this.#size = 0;
    await this.#archive.addAccounts(this.#accounts.splice(0));
    await this.#archive.addRooms(this.#rooms.splice(0));
    await this.#archive.addEntries(this.#entries.splice(0));
    await this.#archive.addKeys(this.#keys.splice(0));
    if (this.#texts.length > 0) await this.#archive.addTexts?.(this.#texts.splice(0));
  }
}

function untyped<T extends ArchiveLine>({ type, ...rest }: T): Omit<T, 'type'> {
  return rest;
}

function newCounters(): Record<ArchiveLine['type'], number> {
  return { archive: 0, account: 0, room: 0, entry: 0, key: 0, stored: 0 };
}

function countsOf({ account, entry, stored }: ReturnType<typeof newCounters>): Counts {
  return { accounts: account, messages: entry, values: stored };
}

/** Each line, or what is wrong with it. */
async function* linesIn(
  file: string,
  reader: ArchiveReader,
): AsyncGenerator<{ readonly number: number; readonly line: ReadLine | string }> {
  for await (const line of linesOf(file)) {
    const { number } = line;
    if ('fault' in line) yield { number, line: line.fault };
    else if (line.text !== '') yield { number, line: reader.read(line.text) };
  }
}
