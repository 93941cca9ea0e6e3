import type { MessageForm } from '../../api/message.ts';
import type { Received } from '../owner.ts';
import type { Answer } from '../requests.ts';
import type { Addressee } from './addressee.ts';
import { MessageItem } from './message-item.ts';
import { charactersOf } from './width.ts';

/** Details of a message that was sent. */
export interface SentOptions {
  readonly form?: MessageForm | undefined;
  /** The message that it answers. */
  readonly reply?: MessageItem | undefined;
}

/** A message that this user has just sent. */
export function sentMessage(
  me: string,
  to: Addressee,
  text: string,
  facts: Answer['facts'] = {},
  { form, reply }: SentOptions = {},
): MessageItem {
  const { id, room } = facts;
  const [first = ''] = to === 'everyone' ? [] : to;
  const message: Received = {
    id: typeof id === 'number' ? id : 0,
    from: me,
    audience: to === 'everyone' ? to : first.startsWith('#') ? 'room' : 'named',
    room: typeof room === 'number' ? room : undefined,
    roomName: first.startsWith('#') ? first : undefined,
    text,
    form,
    reply: reply?.id,
    quote: reply && `${reply.message.from}: "${shortened(reply.text)}"`,
    time: new Date(),
    repeat: false,
    waited: false,
  };
  return new MessageItem(message, 'here', to);
}

/** The longest quote, in characters, as servers send them. */
const QUOTE = 24;

function shortened(text: string): string {
  const characters = charactersOf(text);
  return characters.length <= QUOTE ? text : `${characters.slice(0, QUOTE).join('')}…`;
}
