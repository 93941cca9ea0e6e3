import { ConfigErrors } from '../host/config-errors.ts';
import { textKey } from '../sdk/storage-over.ts';
import type { Archive, ArchivedAccount, ArchivedEntry, ArchivedKey, ArchivedRoom } from '../services/archive.ts';
import type { StoredText } from '../services/storage.ts';
import type { ArchiveLine, Line } from './archive-lines.ts';

/** How many lines are added at once. */
const AT_ONCE = 500;

/** Adds the lines of an archive to a store in batches. */
export class ArchiveSink {
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

  /** Begins with the first line. @returns false for a store that was ever used */
  begin(head: Line<'archive'>): Promise<boolean> {
    return this.#archive.begin(head);
  }

  /** Adds one of the lines that follow. @throws ConfigErrors when the store cannot hold it */
  async add(line: Exclude<ArchiveLine, Line<'archive'>>): Promise<void> {
    switch (line.type) {
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
    if (++this.#size >= AT_ONCE) await this.#put();
  }

  /** Adds the last lines, and commits. */
  async finish(): Promise<void> {
    await this.#put();
    await this.#archive.finish?.();
  }

  async #put(): Promise<void> {
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
