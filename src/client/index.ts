/**
 * A client for programs and pages: `chatserv/client`. These modules import nothing but each other and what is
 * named here, and no module of Node, so that a browser can load them.
 */

// What names are compared by, so that a client knows of two spellings whether they are one person.
export { nameKey } from '../api/names.ts';
export {
  type Carrier,
  type CarrierEvents,
  type OpenCarrier,
  overStream,
  overWebSocket,
  type WebSocketLike,
} from './carriers.ts';
export { commandOf, messageOf, type TypedMessage, wordsLike } from './commands.ts';
export { Conversation, type ConversationOptions } from './conversation.ts';
export { commandsIn } from './events.ts';
export {
  type Ask,
  type Closed,
  isSecret,
  type KnownCommand,
  type Memory,
  type Owner,
  type Received,
  type Remembered,
  type Seen,
  type State,
  type Step,
} from './owner.ts';
export { type Answer, RequestError } from './requests.ts';
