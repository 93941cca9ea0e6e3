import type { ReadLine } from './archive-lines.ts';
import { ArchiveRules, messageObjection, NO_HEAD, sentenceOf } from './archive-rules.ts';
import { type Account1, type Line1, type LineOf, line1, type Message1 } from './version-1-lines.ts';
import { Version1Plan } from './version-1-plan.ts';

/** Reads an archive of version 1, which has no rooms: a first time to plan the rooms, a second time to convert the lines. */
export class Version1 {
  readonly #messageBytes: number;
  readonly plan: Version1Plan;
  readonly #isPlanned: boolean;
  readonly #rules = new ArchiveRules<LineOf<'archive'>>(['archive', 'account', 'message', 'stored']);

  constructor(messageBytes: number, plan?: Version1Plan) {
    this.#messageBytes = messageBytes;
    this.#isPlanned = plan !== undefined;
    this.plan = plan ?? new Version1Plan();
  }

  /** @returns the line, or what is wrong with it */
  read(value: unknown): ReadLine | string {
    const { data, error } = line1.safeParse(value);
    if (data === undefined) return sentenceOf(error);
    return this.#objection(data) ?? this.#take(data);
  }

  #take(line: Line1): ReadLine {
    const { plan } = this;
    switch (line.type) {
      case 'archive':
        return { type: 'archive', lines: this.#isPlanned ? [plan.head(line)] : [] };
      case 'account':
        if (!this.#isPlanned) plan.addAccount(line);
        return { type: 'account', lines: this.#isPlanned ? [plan.account(line)] : [] };
      case 'message':
        if (!this.#isPlanned) plan.addMessage(line);
        return { type: 'entry', lines: this.#isPlanned ? plan.message(line) : [] };
      case 'stored':
        return { type: 'stored', lines: [line] };
    }
  }

  #objection(line: Line1): string | undefined {
    const rules = this.#rules;
    if (line.type === 'archive') return rules.begin(line);
    const { head } = rules;
    if (head === undefined) return NO_HEAD;
    if (line.type === 'stored') return rules.follows(line) ?? rules.stored(line);
    const objection = rules.follows(line, head[line.type]);
    if (objection !== undefined) return objection;
    return line.type === 'message' ? this.#messageObjection(line, head) : this.#accountObjection(line, head);
  }

  #accountObjection({ name, since, cursor, handed }: Account1, head: LineOf<'archive'>): string | undefined {
    if (Math.max(since, cursor, handed) > head.message) {
      return `since, cursor, handed: the first line says that the last message is ${head.message}`;
    }
    return this.#rules.name(name);
  }

  #messageObjection({ sender, from, audience, text, key }: Message1, head: LineOf<'archive'>): string | undefined {
    if (sender > head.account) return `sender: the first line says that the last account is ${head.account}`;
    if (audience !== 'everyone' && audience.some((one) => one > head.account)) {
      return `audience: the first line says that the last account is ${head.account}`;
    }
    const objection = messageObjection(sender, from, text, this.#messageBytes);
    return objection ?? (key === undefined ? undefined : this.#rules.key(sender, key));
  }
}
