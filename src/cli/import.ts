import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Archive, type ArchivedAccount, type ArchivedMessage } from '../contracts/archive.ts';
import { Mistakes, messageOf } from '../plugin/mistakes.ts';
import { type ArchiveLine, ArchiveReader } from './archive-lines.ts';
import { withServices } from './services.ts';

/** How many lines are put in at once. */
const AT_ONCE = 500;

/** How many lines that are wrong are said. */
const SHOWN = 20;

/** Puts what `export` wrote into a store that was never used: all of it, or nothing when a line is wrong. */
export async function importAll(config: string | undefined, file: string): Promise<void> {
  await check(file);
  await withServices(config, { archive: Archive }, async ({ archive }) => {
    const count = { accounts: 0, messages: 0 };
    const accounts: ArchivedAccount[] = [];
    const messages: ArchivedMessage[] = [];
    const put = async () => {
      count.accounts += accounts.length;
      count.messages += messages.length;
      await archive.addAccounts(accounts.splice(0));
      await archive.addMessages(messages.splice(0));
    };
    for await (const { line } of linesOf(file)) {
      if (typeof line === 'string') throw new Mistakes([`${file} has changed while it was read.`]);
      if (line.type === 'archive') {
        if (!(await archive.begin(line))) {
          throw new Mistakes([
            'The store has been used already, and an archive goes into a new one only: set its file to another place.',
          ]);
        }
        continue;
      }
      if (line.type === 'account') accounts.push(line);
      else messages.push(line);
      if (accounts.length + messages.length >= AT_ONCE) await put();
    }
    await put();
    process.stdout.write(`Imported: users ${count.accounts}, messages ${count.messages}.\n`);
  });
}

/** @throws Mistakes that name the lines that are wrong */
async function check(file: string): Promise<void> {
  const wrong: string[] = [];
  let count = 0;
  for await (const { number, line } of linesOf(file)) {
    count++;
    if (typeof line === 'string') wrong.push(`${file}:${number}: ${line}`);
    if (wrong.length >= SHOWN) break;
  }
  if (count === 0) wrong.push(`${file} is empty.`);
  if (wrong.length > 0) throw new Mistakes([...wrong, `Nothing of ${file} was imported.`]);
}

/** What each line says, or what is wrong with it. */
async function* linesOf(file: string): AsyncGenerator<{ number: number; line: ArchiveLine | string }> {
  const stream = createReadStream(file);
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw new Mistakes([`${file} cannot be read: ${messageOf(cause)}`], { cause });
  }
  const reader = new ArchiveReader();
  let number = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (text !== '') yield { number, line: reader.read(text) };
  }
}
