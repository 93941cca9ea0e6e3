import { type Account, type Entry, isMessage, type MessageLog } from 'chatserv';

/** How many entries are read at a time when a user's latest message is looked for, and how many in all. */
const PAGE = 500;
const LOOKED_THROUGH = 10_000;

/** How many edits of a message are read for its present text. */
const EDITS = 1000;

/** The messages that users report, read from the log. */
export class Messages {
  readonly #log: MessageLog;

  constructor(log: MessageLog) {
    this.#log = log;
  }

  /** A message of a user by its id, if an account may read it. */
  async readable({ id: reader }: Account, id: number): Promise<Entry | undefined> {
    const entry = await this.#log.readable(reader, id);
    return entry !== undefined && isReportable(entry) ? entry : undefined;
  }

  /** The latest message of a user that another has received; undefined if it is too long ago. */
  async latest({ id: reader }: Account, { id: sender }: Account): Promise<Entry | undefined> {
    const head = await this.#log.head();
    for (let upTo = head; upTo > Math.max(0, head - LOOKED_THROUGH); upTo -= PAGE) {
      const page = await this.#log.read(reader, Math.max(0, upTo - PAGE), upTo, PAGE);
      const found = page.findLast((entry) => entry.sender === sender && isReportable(entry));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A message by its id, whoever may read it; undefined once it was trimmed. */
  get(id: number): Promise<Entry | undefined> {
    return this.#log.get(id);
  }

  /** The text of a message as it is now: its last edit's. Undefined once it was removed. */
  async textOf({ id, sender, body, redacted }: Entry): Promise<string | undefined> {
    if (redacted) return undefined;
    const edits = await this.#log.changes([id], EDITS, 'edit');
    const edit = edits.findLast((one) => one.sender === sender && !one.redacted);
    return edit === undefined ? body : (textIn(edit) ?? body);
  }
}

function isReportable(entry: Entry): boolean {
  return isMessage(entry) && entry.sender !== 0 && entry.redacted !== true;
}

function textIn({ body }: Entry): string | undefined {
  const { text } = JSON.parse(body) as { text?: unknown };
  return typeof text === 'string' ? text : undefined;
}
