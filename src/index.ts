/** The public API of chatserv: what a config and a plugin may import. All else is private. */
export { z } from 'zod';
export { networkOf, type ParsedAddress, parseAddress, plainAddress } from './addresses/address.ts';
export { addressList, inAddressList } from './addresses/address-list.ts';
export { type Account, type AccountChange, GUEST_MARK, isGuest } from './api/account.ts';
export type { Clock, SteadyClock } from './api/clock.ts';
export type { Codec, CodecState, Input, LineRead, Output, Question } from './api/codec.ts';
export type { CommandCall, CommandDraft, Values } from './api/command-call.ts';
export type { Connection } from './api/connection.ts';
export {
  admit,
  askPassword,
  askUsername,
  blocked,
  type FactualReply,
  type PasswordDecision,
  type Refusal,
  type Reply,
  refuse,
  reply,
  type UsernameDecision,
} from './api/decisions.ts';
export {
  type Cursor,
  type Destination,
  DIRECT_MOST,
  type Entry,
  EVERYONE,
  type Follower,
  isMessage,
  type NewEntry,
  type Room,
  type RoomKind,
  type SendKey,
} from './api/entry.ts';
export type { Feed, InboxReader } from './api/feed.ts';
export type { Handlers, HookName, LoginRefusal, PhaseOf } from './api/handlers.ts';
export type { Logger } from './api/logger.ts';
export type { Login, LoginStep } from './api/login.ts';
export { isOfEveryone, mentionsIn, type WrittenMention } from './api/mentions.ts';
export {
  type Audience,
  cleanLines,
  type Duplicate,
  type IdempotencyKey,
  type Message,
  type MessageDraft,
  type MessageForm,
  withoutControls,
} from './api/message.ts';
export { nameKey } from './api/names.ts';
export type { Post, Posted } from './api/post.ts';
export type { AcceptedSession, AskOptions, LoginSession, Session, SessionLogin } from './api/session.ts';
export { type ClientEvent, clientEvents, type ServerEvent } from './client/json-events.ts';
export { type Config, defineConfig, type PluginEntries, type PluginOptions } from './config/define.ts';
export type { Decision, Guarding, PhaseName, Watching } from './hooks/phases.ts';
export { type Reservation, reserve } from './hooks/reservation.ts';
export { type Bot, claimBot, isBot } from './host/bots.ts';
export { codecOption, dialectOption } from './host/codec-option.ts';
export {
  type CommandContext,
  type CommandPluginSpec,
  type CommandSpec,
  type Contributions,
  command,
  defineCommand,
  definePlugin,
  type HookHandler,
  type HookHandlers,
  type KindSpec,
  type OptionsOf,
  type Ordered,
  type PlainHandler,
  type Plugin,
  type PluginOf,
  type PluginSpec,
  type ReleasedHandler,
  type SetupContext,
  withOptions,
} from './host/define.ts';
export { OperationalError } from './host/operational-error.ts';
export { Quota, type QuotaRule } from './host/quota.ts';
export {
  type Dialect,
  likenesses,
  type Once,
  type PasswordVerdict,
  type Spread,
  type UsernameVerdict,
  type Utterance,
} from './host/released-names.ts';
export { renamedOption } from './host/renamed-option.ts';
export type { RestoreContext } from './host/restore-context.ts';
export type { Command, EntryPost, EphemeralEntry, Server, TextPost } from './host/server.ts';
export { entryEvent, messageEvent, plainLine, type ShownEntry, spoken, spokenBy } from './host/shown-entry.ts';
export { createTemporary, isTemporary, passwordObjection } from './host/temporary-accounts.ts';
export { KeyedQueue } from './kernel/keyed-queue.ts';
export { escapeUnseen } from './logging/unseen.ts';
export { schemaOf } from './params/arguments.ts';
export type { DurationUnit, ParamKind, ParamShape } from './params/kinds.ts';
export {
  type NumberOptions,
  type Param,
  type ParamOptions,
  type Params,
  param,
  type ValuesOf,
} from './params/param.ts';
export { type CertificateFiles, type WatchedCertificate, watchedCertificate } from './sdk/certificate.ts';
export { byCodePoint } from './sdk/code-points.ts';
export { codeHash, newCode } from './sdk/codes.ts';
export { controlListener } from './sdk/control-listener.ts';
export { probe, probeOptions } from './sdk/dead-peers.ts';
export { excerpt, lineIn } from './sdk/entry-text.ts';
export { findPlace, type Place, placeRefusal } from './sdk/find-place.ts';
export { makeFolder } from './sdk/folder.ts';
export { Followers } from './sdk/followers.ts';
export { glob } from './sdk/glob.ts';
export { isHandedOver } from './sdk/handed-over.ts';
export { handshakeLimit, handshakeOptions } from './sdk/handshakes.ts';
export { invitationText, invitedTo } from './sdk/invitation-text.ts';
export { lastReceived } from './sdk/last-received.ts';
export { type FileLimit, listen, placeOf } from './sdk/listen.ts';
export type { Listener, ListenerContext } from './sdk/listener.ts';
export { askNewPassword } from './sdk/new-password.ts';
export { notifyOnline } from './sdk/notify-online.ts';
export { type NumberedValue, NumberedValues } from './sdk/numbered-values.ts';
export { type OpenFiles, openFiles } from './sdk/open-files.ts';
export { type PortOptions, portListener, portOptions } from './sdk/port-listener.ts';
export { type Answer, type ProcessGroup, processGroup } from './sdk/process-group.ts';
export { recipientsOf } from './sdk/recipients-of.ts';
export { type RemovalContext, removeAccount } from './sdk/remove-account.ts';
export { durationInWords, type RoomChange, roomChange, roomChangeIn, roomChangeSentence } from './sdk/room-changes.ts';
export { type NamedRoom, nameRooms, type RoomNames, roomAsTyped } from './sdk/room-names.ts';
export { sendMessage } from './sdk/send-message.ts';
export { settledTime } from './sdk/settled-time.ts';
export { storageOver } from './sdk/storage-over.ts';
export { TimedBlocks } from './sdk/timed-blocks.ts';
export { type UnixPlace, unixListener } from './sdk/unix-listener.ts';
export { Accounts, type HashChange, newEpoch, type StoredAccount } from './services/accounts.ts';
export {
  Archive,
  type ArchivedAccount,
  type ArchivedEntry,
  type ArchivedKey,
  type ArchivedRoom,
  type ArchiveEnds,
  type Membership,
} from './services/archive.ts';
export { Authenticator } from './services/authenticator.ts';
export { Backup } from './services/backup.ts';
export { Backups } from './services/backups.ts';
export { Guests } from './services/guests.ts';
export { Health, type HealthReport } from './services/health.ts';
export { type CatchUp, History, type Keeping } from './services/history.ts';
export { Http, type HttpHandler, type UpgradeHandler, type UpgradeRefusal } from './services/http.ts';
export { type Ignored, Ignores } from './services/ignores.ts';
export { Inbox } from './services/inbox.ts';
export {
  type Invitation,
  Invitations,
  type InvitationUse,
  type MadeInvitation,
  type NewInvitation,
} from './services/invitations.ts';
export { KeyOwners } from './services/key-owners.ts';
export { Lockout } from './services/lockout.ts';
export { LoginDialogue } from './services/login-dialogue.ts';
export { Markers } from './services/markers.ts';
export {
  type CursorMove,
  type Device,
  ENTRIES_PER_MESSAGE,
  type Gap,
  type HistoryRange,
  type InboxCount,
  Log,
  MENTIONS_MOST,
  type Member,
  MessageLog,
  messageDeleted,
  noMessage,
  type Retention,
  type RoomRetention,
  type Span,
  type Unread,
} from './services/message-log.ts';
export { type OtherAnswer, OtherServers } from './services/other-servers.ts';
export { PageScripts } from './services/page-scripts.ts';
export { Passwords } from './services/passwords.ts';
export { PersonalData } from './services/personal-data.ts';
export {
  type Change,
  type Difference,
  differenceInWords,
  type HistogramSnapshot,
  type LivePluginFacts,
  type Meter,
  type OtherReload,
  otherReloadsInWords,
  Plugins,
  type ServerFacts,
  type ServerState,
} from './services/plugins.ts';
export { Presence, type PresentAccount } from './services/presence.ts';
export { Quotas, type QuotaUse } from './services/quotas.ts';
export { Quotes } from './services/quotes.ts';
export { Registration } from './services/registration.ts';
export { ResetCodes } from './services/reset-codes.ts';
export { ResumeTokens } from './services/resume-tokens.ts';
export { isRole, Roles } from './services/roles.ts';
export { type RoomAct, RoomLog } from './services/room-log.ts';
export {
  noRoom,
  type RoomAccess,
  type RoomInfo,
  type RoomNameList,
  type RoomNameRule,
  type RoomRole,
  type RoomSettings,
  Rooms,
} from './services/rooms.ts';
export {
  type IndexAnswer,
  type IndexBatch,
  type IndexChange,
  type IndexedMessage,
  type IndexQuestion,
  type IndexState,
  type ReadableRoom,
  SearchIndex,
} from './services/search-index.ts';
export {
  type ChainToken,
  chain,
  type ProvidedFor,
  type ServicesOf,
  type Token,
  type Tokens,
  token,
} from './services/service.ts';
export { type SessionClaim, SessionClaims } from './services/session-claims.ts';
export {
  type Collection,
  type ListRange,
  Storage,
  type Stored,
  type StoredText,
  type TextStore,
} from './services/storage.ts';
export { StoreFacts } from './services/store-facts.ts';
export { DEFAULT_DEVICE, deviceNameOf } from './usernames/device-name.ts';
export { isName, type NameObjection, nameObjection } from './usernames/name.ts';
export { didYouMean } from './usernames/nearest.ts';
export { skeletons } from './usernames/skeletons.ts';
