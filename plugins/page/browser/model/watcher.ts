import type { Ask, State } from 'chatserv/client';
import type { Entry, Talk } from './talk.ts';

/** The callbacks of a chat. */
export interface Watcher {
  state(state: State): void;
  /** A plugin asks a question, during or after the login. @returns undefined if the user does not answer */
  ask(question: Ask, gone: AbortSignal): Promise<string | undefined>;
  /** A message was added to a conversation, received or sent. @param waited whether it was sent before the login */
  added(talk: Talk, entry: Entry, waited: boolean): void;
  /** After a login: how many messages were waiting. */
  caughtUp(count: number): void;
  /** The state or the text of a message has changed. */
  changed(entry: Entry): void;
  /** Messages were added before others, or removed: show the conversation anew. */
  reordered(talk: Talk): void;
  /** The server has said how many messages of a conversation are unread. */
  counted(talk: Talk): void;
  /** The list of conversations and people has changed. */
  listed(): void;
  /** Something that the device stores has changed. */
  keep(): void;
  /** Must be stored before it is acknowledged to the server. */
  keepNow(): void;
}
