import { EVERYONE, type NewEntry } from 'chatserv';

/** A message of alice's to everyone, to append to a log. @param part what is different */
export function newEntry(body: string, part: Partial<NewEntry> = {}): NewEntry {
  return {
    to: { room: EVERYONE },
    kind: 'message',
    version: 1,
    counts: true,
    sender: 1,
    from: 'alice',
    device: '',
    toSender: false,
    body,
    time: 1000,
    ...part,
  };
}
