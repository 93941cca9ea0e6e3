import { createHash } from 'node:crypto';
import type { Archive } from '../services/archive.ts';
import type { ArchiveLine } from './archive-lines.ts';
import { linesOfStore } from './archive-source.ts';

/** The number and the SHA-256 of a store's lines of one type. */
export interface Digest {
  readonly count: number;
  readonly checksum: string;
}

/** Identifies the contents of a store by its lines in an archive. */
export type StoreDigest = ReadonlyMap<ArchiveLine['type'], Digest>;

/** Reads all of a store. Stores with the same contents have the same digest, whatever keeps them. */
export async function digestOf(archive: Archive): Promise<StoreDigest> {
  const totals = new Map<ArchiveLine['type'], ReturnType<typeof newTotal>>();
  for await (const line of linesOfStore(archive)) {
    const total = totals.get(line.type) ?? newTotal();
    totals.set(line.type, total);
    total.count++;
    total.hash.update(`${canonical(line)}\n`);
  }
  return new Map([...totals].map(([type, { count, hash }]) => [type, { count, checksum: hash.digest('hex') }]));
}

function newTotal() {
  return { count: 0, hash: createHash('sha256') };
}

/** A line as JSON that does not depend on the order of keys and devices, which differs between stores. */
function canonical(line: ArchiveLine): string {
  if (line.type !== 'account') return JSON.stringify(line, withSortedKeys);
  const devices = line.devices.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return JSON.stringify({ ...line, devices }, withSortedKeys);
}

function withSortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
