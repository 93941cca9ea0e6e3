import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { cannotRead, linesOf } from '../config/text-file.ts';
import { Mistakes } from '../host/mistakes.ts';
import { textKey } from '../sdk/storage-over.ts';
import { Archive, type ArchivedAccount, type ArchivedMessage } from '../services/archive.ts';
import type { StoredText } from '../services/storage.ts';
import { type ArchiveLine, ArchiveReader } from './archive-lines.ts';
import { factsOf } from './control.ts';
import { print } from './print.ts';
import { withServicesAlone } from './services.ts';
import { readConfig } from './setting.ts';

/** How many lines are added at once. */
const AT_ONCE = 500;

/** How many wrong lines are reported. */
const SHOWN = 20;

/** What an archive holds. */
interface Counts {
  readonly accounts: number;
  readonly messages: number;
  /** Values that plugins have stored. */
  readonly values: number;
}

/**
 * Imports what `export` wrote into a store that was never used: all of it, or nothing when a line is wrong or the import
 * ends early.
 */
export async function importAll(config: string | undefined, file: string): Promise<void> {
  const { limits, place } = await readConfig(config);
  if ((await factsOf(config)) !== undefined) {
    throw new Mistakes([`A server is running with ${place.name}: stop it before you import into its store.`]);
  }
  // A message waits in an inbox while half an outbox is full, and must fit into the rest.
  const read = () => linesIn(file, Math.floor(limits.outboxBytes / 2));
  const counts = await check(file, read);
  await withServicesAlone(config, { archive: Archive }, async ({ archive }) => {
    const added = await add(archive, read);
    if (!isDeepStrictEqual(added, counts)) {
      throw new Mistakes([`${file} changed while it was read: nothing of it was imported.`]);
    }
    await archive.finish?.();
    const values = counts.values === 0 ? '' : `, values of plugins ${counts.values}`;
    print(`Imported: users ${counts.accounts}, messages ${counts.messages}${values}.\n`);
  });
}

/** Looks at the whole file before anything is imported. @throws Mistakes that name the wrong lines */
async function check(file: string, read: () => ReturnType<typeof linesIn>): Promise<Counts> {
  // It is read twice, which a pipe cannot be.
  const found = await stat(file).catch((cause: unknown) => {
    throw cannotRead(file, cause);
  });
  if (found.isDirectory()) throw new Mistakes([`${file} cannot be read: it is a folder`]);
  if (!found.isFile()) throw new Mistakes([`${file} is no file: write the archive to one, and import that.`]);
  const wrong: string[] = [];
  const counts = { archive: 0, account: 0, message: 0, stored: 0 };
  for await (const { number, line } of read()) {
    if (typeof line === 'string') wrong.push(`${file}:${number}: ${line}`);
    else counts[line.type]++;
    if (wrong.length >= SHOWN) break;
  }
  if (wrong.length === 0 && counts.archive === 0) wrong.push(`${file} is empty.`);
  if (wrong.length > 0) throw new Mistakes([...wrong, `Nothing of ${file} was imported.`]);
  return { accounts: counts.account, messages: counts.message, values: counts.stored };
}

/** Adds what the file holds. @returns how much; undefined when a line is wrong after all */
async function add(archive: Archive, read: () => ReturnType<typeof linesIn>): Promise<Counts | undefined> {
  const counts = { accounts: 0, messages: 0, values: 0 };
  const accounts: ArchivedAccount[] = [];
  const messages: ArchivedMessage[] = [];
  const texts: StoredText[] = [];
  const put = async () => {
    counts.accounts += accounts.length;
    counts.messages += messages.length;
    counts.values += texts.length;
    await archive.addAccounts(accounts.splice(0));
    await archive.addMessages(messages.splice(0));
    if (texts.length > 0) await archive.addTexts?.(texts.splice(0));
  };
  for await (const { line } of read()) {
    if (typeof line === 'string') return undefined;
    if (line.type === 'archive') {
      if (!(await archive.begin(line))) {
        throw new Mistakes([
          'The store has been used already, and an archive goes into a new one only: set its file to another place.',
        ]);
      }
      continue;
    }
    if (line.type === 'stored' && archive.addTexts === undefined) {
      throw new Mistakes(["The store does not keep plugins' data, and the archive holds some: nothing was imported."]);
    }
    if (line.type === 'account') accounts.push(line);
    else if (line.type === 'message') messages.push(line);
    else texts.push([textKey(line.collection, line.key), JSON.stringify(line.value)]);
    if (accounts.length + messages.length + texts.length >= AT_ONCE) await put();
  }
  await put();
  return counts;
}

/** What each line says, or what is wrong with it. */
async function* linesIn(
  file: string,
  messageBytes: number,
): AsyncGenerator<{ readonly number: number; readonly line: ArchiveLine | string }> {
  const reader = new ArchiveReader(messageBytes);
  for await (const line of linesOf(file)) {
    const { number } = line;
    if ('fault' in line) yield { number, line: line.fault };
    else if (line.text !== '') yield { number, line: reader.read(line.text) };
  }
}
