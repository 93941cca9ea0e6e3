/**
 * A client for programs and pages: `chatserv/client`. These modules import nothing but each other, and no module of
 * Node, so that a browser can load them.
 */
export {
  type Carrier,
  type CarrierEvents,
  type OpenCarrier,
  overStream,
  overWebSocket,
  type WebSocketLike,
} from './carriers.ts';
export { Conversation, type ConversationOptions } from './conversation.ts';
export type { Ask, Closed, KnownCommand, Memory, Owner, Received, Remembered, Seen, State, Step } from './owner.ts';
export { type Answer, RequestError } from './requests.ts';
