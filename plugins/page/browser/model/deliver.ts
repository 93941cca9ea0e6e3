import { type Conversation, type RequestError, requestProblem, undeliveredTo } from 'chatserv/client';
import { server } from './server.ts';
import type { Entry, Talk } from './talk.ts';

/** Sends a message, and notes on it what came of that. */
export async function deliver(conversation: Conversation, talk: Talk, entry: Entry): Promise<void> {
  try {
    const { facts } = await conversation.message(talk.to, entry.text, { form: entry.form, reply: entry.reply });
    entry.state = 'sent';
    if (typeof facts?.id === 'number' && facts.id > 0) entry.id = facts.id;
    const unknown = Array.isArray(facts?.unknown) ? facts.unknown.map(String) : [];
    if (unknown.length > 0) entry.remark = undeliveredTo(unknown, talk.to.length, server.keepsMessages);
  } catch (cause) {
    entry.state = 'failed';
    const error = cause as RequestError;
    // Whether the server has it is unknown.
    const isInDoubt = error.reason === 'closed';
    entry.remark = `${isInDoubt ? '' : 'Not sent. '}${requestProblem(error)}`;
  }
  entry.version = (entry.version ?? 0) + 1;
}
