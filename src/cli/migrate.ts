import { ConfigErrors } from '../host/config-errors.ts';
import { Accounts } from '../services/accounts.ts';
import { Archive } from '../services/archive.ts';
import { MessageLog } from '../services/message-log.ts';
import { ArchiveSink } from './archive-sink.ts';
import { linesOfStore } from './archive-source.ts';
import { mustBeStopped } from './control.ts';
import { Failure } from './failure.ts';
import { print } from './print.ts';
import { mustBeUsed, withServicesAlone } from './services.ts';
import { type Digest, digestOf, type StoreDigest } from './store-digest.ts';

/** What is counted, by the type of its lines, and its name in the report. */
const COUNTED = [
  ['account', 'users'],
  ['room', 'rooms'],
  ['entry', 'log entries'],
  ['key', 'message keys'],
  ['stored', 'plugin values'],
] as const;

const NONE: Digest = { count: 0, checksum: '' };

/**
 * Copies the store of a config into the unused store of another one, in one step, and then compares both. If the other
 * store has the same contents already, as after an interruption of the comparison, it is compared only.
 * @param to the other config
 * @throws ConfigErrors when a server is running, or the other store has other contents; Failure when the copy differs
 */
export async function migrateStore(config: string | undefined, to: string): Promise<void> {
  await mustBeStopped(config, 'copy its store');
  await mustBeStopped(to, 'copy into its store');
  const tokens = { accounts: Accounts, archive: Archive, messageLog: MessageLog };
  await withServicesAlone(config, tokens, async (source, name) => {
    await mustBeUsed(source.accounts, name);
    let isCopied = false;
    await withServicesAlone(to, tokens, async (target, other) => {
      if (source.messageLog.identity !== undefined && source.messageLog.identity === target.messageLog.identity) {
        throw new ConfigErrors([`${name} and ${other} use the same store.`]);
      }
      isCopied = await copy(source.archive, await source.accounts.signingKey(), target.archive);
    });
    // It is opened once more, to compare what it has kept.
    await withServicesAlone(to, tokens, async (target, other) => {
      const digests = await Promise.all([digestOf(source.archive), digestOf(target.archive)]);
      const differences = differencesOf(...digests);
      if (differences === '') return report(digests[0], isCopied, other);
      if (isCopied) {
        throw new Failure([
          `The copy differs from the store of ${name} (${differences}): do not use it. If another program has used one of the stores meanwhile, empty the one of ${other} and try again.`,
        ]);
      }
      throw new ConfigErrors([
        `The store of ${other} is not empty, and differs from that of ${name} (${differences}): a store can only be copied into a new one.`,
      ]);
    });
  });
}

/** Copies all of a store, or nothing if it fails. @returns false if the target was ever used, and so is unchanged */
async function copy(from: Archive, signingKey: Uint8Array, to: Archive): Promise<boolean> {
  const sink = new ArchiveSink(to);
  for await (const line of linesOfStore(from)) {
    if (line.type !== 'archive') await sink.add(line);
    else if (!(await sink.begin(line))) return false;
  }
  await to.addSigningKey?.(signingKey);
  await sink.finish();
  return true;
}

/** In what two stores differ, such as `users: 12 and 11`; empty if they have the same contents. */
function differencesOf(one: StoreDigest, other: StoreDigest): string {
  return [...COUNTED, ['archive', 'last ids'] as const]
    .map(([type, name]) => ({ name, digests: [one.get(type) ?? NONE, other.get(type) ?? NONE] as const }))
    .filter(({ digests: [a, b] }) => a.checksum !== b.checksum)
    .map(({ name, digests: [a, b] }) => (a.count === b.count ? name : `${name}: ${a.count} and ${b.count}`))
    .join(', ');
}

function report(digest: StoreDigest, isCopied: boolean, other: string): void {
  const counts = COUNTED.map(([type, name]) => `${name} ${(digest.get(type) ?? NONE).count}`).join(', ');
  print(isCopied ? `Copied and compared: ${counts}.\n` : `The store of ${other} has the same contents: ${counts}.\n`);
}
