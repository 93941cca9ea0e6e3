/**
 * A client for programs and pages: `chatserv/client`. Neither these modules nor what they import use Node's modules, so
 * that a browser can load them.
 */

// Two spellings of a name are the same user if their keys are equal.
export { nameKey } from '../api/names.ts';
export {
  type Carrier,
  type CarrierEvents,
  type OpenCarrier,
  overStream,
  overWebSocket,
  type WebSocketLike,
} from './carriers.ts';
export type { DeviceOptions } from './client-device.ts';
export { commandOf, messageOf, type TypedMessage, wordsLike } from './commands.ts';
export { Conversation } from './conversation.ts';
export type { ConversationOptions } from './conversation-options.ts';
export type { LoginOptions } from './credentials.ts';
export { commandsIn } from './events.ts';
export { type HistoryPage, historyIn } from './history.ts';
export {
  type Ask,
  type Closed,
  isSecret,
  type KnownCommand,
  type KnownRoom,
  type Memory,
  type Owner,
  type Received,
  type ReceivedEntry,
  type Remembered,
  type Rooms,
  type Seen,
  type State,
  type Step,
} from './owner.ts';
export { Reading } from './reading.ts';
export {
  answerProblem,
  blockedReason,
  closedReason,
  commandProblem,
  durationText,
  loginProblem,
  lostReason,
  nameProblem,
  passwordProblem,
  requestProblem,
  undeliveredTo,
} from './reasons.ts';
export { type Answer, type MessageOptions, RequestError } from './requests.ts';
