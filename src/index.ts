/** The public API of chatserv: what a config and a plugin may import. All else is private. */
export { z } from 'zod';
export { type Config, defineConfig, type PluginEntries, type PluginOptions } from './config/define.ts';
export { Accounts, type HashChange, type StoredAccount } from './contracts/accounts.ts';
export { Archive, type ArchivedAccount, type ArchivedMessage, type ArchiveEnds } from './contracts/archive.ts';
export { Backup } from './contracts/backup.ts';
export { type Block, Blocks, liftBlocks } from './contracts/blocks.ts';
export { Health, type HealthReport } from './contracts/health.ts';
export { Http, type HttpHandler, type UpgradeHandler, type UpgradeRefusal } from './contracts/http.ts';
export { Inbox } from './contracts/inbox.ts';
export {
  type Cursor,
  type Entry,
  type EntryAudience,
  Log,
  type NewEntry,
  type Retention,
  type WaitingCount,
} from './contracts/log.ts';
export { Passwords } from './contracts/passwords.ts';
export {
  type Change,
  type Difference,
  differenceInWords,
  type LivePluginFacts,
  type Meter,
  Plugins,
  type ServerFacts,
  type ServerState,
} from './contracts/plugins.ts';
export { Presence } from './contracts/presence.ts';
export { Registration } from './contracts/registration.ts';
export { Roles } from './contracts/roles.ts';
export { type ServicesOf, type Token, type Tokens, token } from './contracts/service.ts';
export { StoreFacts } from './contracts/store-facts.ts';
export type { ClientEvent, ServerEvent } from './dialects/json-events.ts';
export type { Account } from './kernel/account.ts';
export type { AccountChange } from './kernel/account-watch.ts';
export { networkOf, type ParsedAddress, parseAddress, plainAddress } from './kernel/address.ts';
export { inAddressList } from './kernel/address-list.ts';
export type { Clock, SteadyClock } from './kernel/clock.ts';
export type { Command, CommandCall } from './kernel/commands.ts';
export type { Connection } from './kernel/connection.ts';
export type { Post, Posted } from './kernel/delivery.ts';
export type { Dialect, Heard, Question, Speaker, Utterance } from './kernel/dialect.ts';
export type { Spread } from './kernel/durations.ts';
export type { Feed, InboxReader } from './kernel/feed.ts';
export type { Decision, Handlers, HookName, Watching } from './kernel/hooks.ts';
export type { Logger } from './kernel/logger.ts';
export type { Audience, Duplicate, Message, MessageDraft, Once } from './kernel/message.ts';
export { nameKey } from './kernel/names.ts';
export { OperationalError } from './kernel/operational-error.ts';
export type { AskOptions, Session } from './kernel/session.ts';
export { settledTime } from './kernel/settled-time.ts';
export { escapeUnseen } from './kernel/unseen.ts';
export {
  admit,
  askPassword,
  askUsername,
  blocked,
  type FactualReply,
  type PasswordVerdict,
  type Refusal,
  type Reply,
  refuse,
  reply,
  type UsernameVerdict,
} from './kernel/verdicts.ts';
export { type CertificateFiles, type WatchedCertificate, watchedCertificate } from './listening/certificate.ts';
export { probe, probeOptions } from './listening/dead-peers.ts';
export { isHandedOver } from './listening/handed-over.ts';
export { handshakeLimit, handshakeOptions } from './listening/handshakes.ts';
export { type FileLimit, listen, placeOf } from './listening/listen.ts';
export type { Listener, ListenerContext } from './listening/listener.ts';
export { type OpenFiles, openFiles } from './listening/open-files.ts';
export { type PortOptions, portListener, portOptions } from './listening/port-listener.ts';
export { type UnixPlace, unixListener } from './listening/unix-listener.ts';
export { likenesses } from './names/likeness.ts';
export { isName, type NameObjection, nameObjection } from './names/name.ts';
export { addressList } from './plugin/address-list.ts';
export { type Bot, claimBot, isBot } from './plugin/bots.ts';
export {
  type CommandContext,
  type CommandPluginSpec,
  type CommandSpec,
  type Contributions,
  defineCommand,
  definePlugin,
  type HookHandlers,
  type OptionsOf,
  type Ordered,
  type Plugin,
  type PluginOf,
  type PluginSpec,
  type SetupContext,
  withOptions,
} from './plugin/define.ts';
export { dialectOption } from './plugin/dialects.ts';
export { makeFolder } from './plugin/folder.ts';
export { Quota, type QuotaRule } from './plugin/quota.ts';
export type { Server } from './plugin/server.ts';
export { TimedBlocks } from './plugin/timed-blocks.ts';
