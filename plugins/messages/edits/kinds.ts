import { type Entry, type KindSpec, lineIn, z } from 'chatserv';

/** The data of an edit: the new text, and the beginning of the text that it replaces, for the line. */
const EDIT = z.strictObject({ text: z.string(), was: z.string() });

/** The data of a redaction that the server has appended. */
const REDACTION = z.object({ from: z.string(), time: z.iso.datetime() });

export const editKind: KindSpec = {
  name: 'edit',
  version: 1,
  schema: EDIT,
  counts: false,
  line(entry) {
    const edit = dataOf(entry, EDIT);
    return edit && lineIn(entry, `${entry.from} edited "${edit.was}": ${edit.text}`);
  },
};

/** Shows redactions, which the log itself appends. */
export const redactionKind: KindSpec = {
  name: 'redaction',
  version: 1,
  schema: z.never(),
  counts: false,
  line(entry) {
    const redacted = dataOf(entry, REDACTION);
    if (redacted === undefined) return undefined;
    const { from, time } = redacted;
    const whose = from === entry.from ? 'a message' : `${from}'s message`;
    return lineIn(entry, `${entry.from} deleted ${whose} from ${minuteOf(time, entry.time)}`);
  },
};

/** The current text of a message. @param edits of the message, by id */
export function textOf(message: Entry, edits: readonly Entry[]): string {
  const last = edits.at(-1);
  return (last && dataOf(last, EDIT)?.text) ?? message.body;
}

/** The data of an entry; undefined where it was redacted, or is of another form. */
function dataOf<T>({ body }: Entry, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** When a message was posted, UTC: `14:02`, after the date where it was another day. */
function minuteOf(posted: string, now: number): string {
  const [date, time = ''] = posted.split('T');
  const minute = time.slice(0, 5);
  return date === new Date(now).toISOString().slice(0, 10) ? minute : `${date} ${minute}`;
}
