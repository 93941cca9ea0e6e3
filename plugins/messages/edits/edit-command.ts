import {
  type Account,
  type CommandSpec,
  command,
  type Entry,
  excerpt,
  isMessage,
  messageDeleted,
  noMessage,
  param,
  type Refusal,
  recipientsOf,
  refuse,
  reply,
} from 'chatserv';
import { type EditContext, isOlder } from './context.ts';
import { editKind, textOf } from './kinds.ts';
import { noLastMessage, notAuthor, tooLate } from './refusals.ts';

/** The command with which authors change what a message says. */
export function editCommand(context: EditContext): CommandSpec {
  const { options, server, clock, messageLog, last } = context;

  /** The message, if the account may edit it. */
  async function editable(id: number, account: Account): Promise<Entry | Refusal> {
    const entry = await messageLog.readable(account.id, id);
    if (entry === undefined || !isMessage(entry)) return noMessage();
    if (entry.redacted) return messageDeleted();
    if (entry.sender !== account.id) return notAuthor('edit');
    if (!isOlder(entry, options.editTime, clock)) return entry;
    server.countLimitHit('edit-time');
    return tooLate('edit');
  }

  return command({
    name: 'edit',
    summary: 'Changes the text of a message that you sent',
    params: {
      message: param.message('which message: its id, or your last one'),
      text: param.text('what it says from now on'),
    },
    async run({ session, account, values: { message, text } }) {
      if (text.length > options.maxLength) {
        server.countLimitHit('text-length');
        return refuse('too-long', `A message can have at most ${options.maxLength} characters.`);
      }
      const id = message === 'last' ? last.of(account.id) : message;
      if (id === undefined) return noLastMessage();
      const entry = await editable(id, account);
      if ('reason' in entry) return entry;
      const edits = await messageLog.changes([id], options.maxEdits + 1, editKind.name);
      const before = textOf(entry, edits);
      const facts = { message: id, room: entry.room };
      if (text === before) return reply(`edited:${id}`, { ...facts, text });
      if (edits.length >= options.maxEdits) {
        server.countLimitHit('edits');
        return refuse('too-many', `A message can be edited ${options.maxEdits} times.`);
      }
      let written = text;
      const data = (left: string) => {
        written = left;
        return { text: left, was: excerpt(before) };
      };
      const to = await recipientsOf(entry, account, context.accounts);
      const device = session.deviceName;
      try {
        const edit = await server.postEntry({ kind: editKind.name, from: account, of: entry, to, text, device, data });
        return 'reason' in edit ? edit : reply(`edited:${id}`, { ...facts, id: edit.id, text: written });
      } catch (cause) {
        // The log takes no edit of a message that was deleted meanwhile.
        if ((await messageLog.get(id))?.redacted) return messageDeleted();
        throw cause;
      }
    },
  });
}
