import { type Entry, isMessage } from '../api/entry.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { checkData, type Kind } from './kinds.ts';
import type { EphemeralEntry, Server } from './server.ts';

/** Lets a plugin pass on the entries that no log keeps to other servers, and deliver those of others. */
export function ephemeralEntries(
  { messages: { delivery } }: Kernel,
  kinds: () => ReadonlyMap<string, Kind>,
): Pick<Server, 'followEphemeral' | 'deliverEphemeral'> {
  const followers = new Set<{ follower(entry: Entry): void }>();
  delivery.passOn = (entry) => {
    for (const { follower } of followers) follower(entry);
  };
  return {
    followEphemeral(follower) {
      const one = { follower };
      followers.add(one);
      return () => void followers.delete(one);
    },
    async deliverEphemeral({ kind, body, ...rest }: EphemeralEntry) {
      const written = isMessage({ kind }) ? body : (await checkData(kinds(), kind, JSON.parse(body))).body;
      delivery.deliver({ ...rest, kind, body: written, id: 0, seq: 0, previous: 0 });
    },
  };
}
