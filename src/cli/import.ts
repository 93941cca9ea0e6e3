import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { cannotRead, linesOf } from '../config/text-file.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { Archive } from '../services/archive.ts';
import type { ArchiveLine, ReadLine } from './archive-lines.ts';
import { ArchiveReader } from './archive-reader.ts';
import { ArchiveSink } from './archive-sink.ts';
import { mustBeStopped } from './control.ts';
import { print } from './print.ts';
import { withServicesAlone } from './services.ts';
import { readConfig } from './setting.ts';
import type { Version1Plan } from './version-1-plan.ts';

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
  const { limits } = await readConfig(config);
  await mustBeStopped(config, 'import into its store');
  // Messages stay in the inbox while half the outbox is full, so each must fit into the other half.
  const messageBytes = Math.floor(limits.outboxBytes / 2);
  const { counts, plan } = await check(file, messageBytes);
  await withServicesAlone(config, { archive: Archive }, async ({ archive }) => {
    const sink = new ArchiveSink(archive);
    const added = await add(sink, file, new ArchiveReader(messageBytes, plan));
    if (!isDeepStrictEqual(added, counts)) {
      throw new ConfigErrors([`${file} changed while it was read: nothing was imported.`]);
    }
    await sink.finish();
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
async function add(sink: ArchiveSink, file: string, reader: ArchiveReader): Promise<Counts | undefined> {
  const counters = newCounters();
  for await (const { line } of linesIn(file, reader)) {
    if (typeof line === 'string') return undefined;
    counters[line.type]++;
    for (const one of line.lines) {
      if (one.type !== 'archive') await sink.add(one);
      else if (!(await sink.begin(one))) {
        throw new ConfigErrors([
          'The store is not empty, and an archive can only be imported into a new one: set its file to another path.',
        ]);
      }
    }
  }
  return countsOf(counters);
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
