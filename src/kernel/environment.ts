import type { Codec } from '../api/codec.ts';
import type { Logger } from '../api/logger.ts';
import type { Login } from '../api/login.ts';
import type { Session } from '../api/session.ts';
import type { MessageCounters, MessageGeneration, MessageLimits } from '../messages/context.ts';
import type { LineEnvironment, LineLimits, TrafficCounters } from '../wire/environment.ts';
import type { ClientSession } from './client-session.ts';
import type { KernelCommand } from './commands.ts';
import type { LoginAccounts } from './login-basis.ts';

/** What the host provides to its kernel. */
export interface KernelEnvironment extends LineEnvironment {
  readonly logger: Logger;
  readonly counters: TrafficCounters & MessageCounters;
  readonly accounts: LoginAccounts;
  /** The session's `address` and `network`. @param address as the transport gave it */
  locate(address: string): Pick<Session, 'address' | 'network'>;
  /** Whether the limits per network don't apply to an address: it is exempt, or no IP address. */
  isExempt(address: string): boolean;
}

/** The limits per client. */
export interface SessionLimits extends LineLimits, MessageLimits {
  /** How many overlapping commands of one client may run at once. */
  readonly commandsUnderWay: number;
  /** How many lines a client may send before it is logged in. */
  readonly loginLines: number;
  /** How many wrong passwords close a connection. */
  readonly passwordAttempts: number;
  /** How long running commands may take when the server stops, in milliseconds. Later ones get no answer. */
  readonly drainTime: number;
  /** How long a closed connection may linger before it is destroyed, in milliseconds. */
  readonly closeTime: number;
}

/** A codec and the plugin that contributes it. */
export interface LiveCodec extends Codec {
  readonly plugin: string;
}

/** The live plugins' contributions to the kernel. Immutable: a reload makes another. */
export interface KernelGeneration extends MessageGeneration {
  /** The commands by name and alias. */
  readonly commands: ReadonlyMap<string, KernelCommand>;
  /** The codecs by name, in the order in which they may claim clients. */
  readonly codecs: ReadonlyMap<string, LiveCodec>;
  /** Conducts logins. */
  readonly loginDialogue?: { conduct(session: ClientSession, login: Login): Promise<void> } | undefined;
}
