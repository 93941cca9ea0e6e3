import { type Entry, type MessageLog, roomChange, roomChangeIn, roomChangeSentence, z } from 'chatserv';

/** What was done, as it is stored: a change of the room, or what another plugin has noted. Users are account ids. */
const act = z.looseObject({ change: z.string(), account: z.int().optional() });

export type Act = z.infer<typeof act>;

/** An act with who did it and when. */
export const notedAct = z.strictObject({
  /** The account; 0 for the server. */
  by: z.int(),
  /** In milliseconds since 1970. */
  time: z.number(),
  /** The id of the entry that told it, if one did. */
  entry: z.int().optional(),
  act,
});

export type NotedAct = z.infer<typeof notedAct>;

/** The kinds of entries that tell what moderators did. */
const KINDS: ReadonlySet<string> = new Set(['room', 'approval', 'retention', 'redaction']);

/** Whether an entry may tell an act. */
export function mayTell({ kind }: Entry): boolean {
  return KINDS.has(kind);
}

/** The act that an entry of a named room tells, if it tells one. @throws when the log cannot be read */
export async function actIn(entry: Entry, log: MessageLog): Promise<NotedAct | undefined> {
  const { id, sender: by, time } = entry;
  const told = entry.roomName === undefined ? undefined : await toldBy(entry, log);
  return told && { by, time, entry: id, act: told };
}

async function toldBy(entry: Entry, log: MessageLog): Promise<Act | undefined> {
  switch (entry.kind) {
    case 'room':
      return withoutName(roomChangeIn(entry));
    case 'redaction': {
      const removed = entry.of === undefined || entry.sender === 0 ? undefined : await log.get(entry.of);
      const isOfOthers = removed !== undefined && removed.sender !== entry.sender;
      return isOfOthers ? { change: 'removed', account: removed.sender, id: removed.id } : undefined;
    }
    default: {
      const data = dataOf(entry);
      return data && { ...data, change: entry.kind };
    }
  }
}

/** A change without the user's name, which is looked up whenever the act is shown. */
function withoutName(change: object | undefined): Act | undefined {
  const { user: _, ...rest } = { user: undefined, ...change };
  return act.safeParse(rest).data;
}

/** What entries of other plugins tell: `approval`, `retention`. */
function dataOf({ body }: Entry): { approval?: boolean; retention?: unknown } | undefined {
  const { approval, retention } = JSON.parse(body || '{}') as { approval?: boolean; retention?: unknown };
  if (approval !== undefined) return { approval };
  return retention === undefined ? undefined : { retention };
}

/** An act as a sentence for people, without a full stop. @param by who did it @param user whom it is about */
export function sentenceOf(done: Act, by: string, user: string | undefined): string {
  const { data } = roomChange.safeParse({ ...done, ...(user !== undefined && { user }) });
  const sentence = data && roomChangeSentence(data, by);
  if (sentence !== undefined) return sentence;
  switch (done.change) {
    case 'created':
      return `${by} created the room`;
    case 'approval':
      return `${by} turned approval ${done.approval === true ? 'on' : 'off'}`;
    case 'retention':
      return `${by} changed how long messages stay`;
    case 'removed':
      return `${by} deleted a message of ${user}`;
    case 'approved':
    case 'rejected':
      return `${by} ${done.change} a message of ${user}`;
    case 'resolved':
      return `${by} resolved a report`;
    default:
      return `${by}: ${done.change}`;
  }
}
