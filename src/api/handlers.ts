import {
  type ArgumentNames,
  type Decision,
  type Guarding,
  type HooksOf,
  hooksOf,
  type PhasesOf,
  type Watching,
} from '../hooks/phases.ts';
import type { Account, AccountChange } from './account.ts';
import type { CommandCall, CommandDraft } from './command-call.ts';
import type { AskUsername, Blocked, PasswordDecision, Refusal, Reply, UsernameDecision } from './decisions.ts';
import type { Message, MessageDraft } from './message.ts';
import type { LoginSession, Session } from './session.ts';

/** Refuses a login: `blocked(seconds)`, or `askUsername(because)`. */
export type LoginRefusal = AskUsername | Blocked;

/**
 * The hooks, and what the handlers of each of their phases take and return. All guards run, and may only refuse; then
 * transforms may rewrite; then the first decision counts; observers see the outcome.
 */
export interface Handlers {
  onConnect: {
    guard(session: Session): Guarding<Refusal>;
    observe(session: Session): Watching;
  };
  onUsername: {
    guard(session: LoginSession, name: string): Guarding<LoginRefusal, UsernameDecision>;
    decide(session: LoginSession, name: string): Decision<UsernameDecision>;
  };
  onPassword: {
    guard(
      session: LoginSession,
      account: Account,
      secret: string,
    ): Guarding<'wrong' | 'again' | LoginRefusal, PasswordDecision>;
    decide(session: LoginSession, account: Account, secret: string): Decision<PasswordDecision>;
    observe(session: LoginSession, account: Account, decision: PasswordDecision): Watching;
  };
  onAuthFail: {
    decide(session: LoginSession, account: Account): Decision<Blocked>;
    observe(session: LoginSession, account: Account, block: Blocked | undefined): Watching;
  };
  onAdmit: {
    guard(session: LoginSession, account: Account): Guarding<LoginRefusal>;
  };
  onLogin: {
    observe(session: Session): Watching;
  };
  onCommand: {
    guard(session: Session, call: CommandCall): Guarding<Refusal, Exclude<Reply, undefined>>;
    transform(session: Session, call: CommandDraft): Watching;
    decide(session: Session, call: CommandCall): Decision<Exclude<Reply, undefined>>;
    observe(session: Session, call: CommandCall, reply: Reply): Watching;
  };
  onMessage: {
    guard(message: Readonly<MessageDraft>): Guarding<Refusal>;
    transform(message: MessageDraft): Watching;
    observe(message: Message): Watching;
  };
  onDeliver: {
    guard(session: Session, message: Message): 'hold' | 'drop' | undefined;
  };
  onDelivered: {
    observe(session: Session, message: Message): undefined;
  };
  onDisconnect: {
    observe(session: Session, reason: string): Watching;
  };
  onAccountChange: {
    observe(account: Account, change: AccountChange, elsewhere: boolean): Watching;
  };
}

/** The name of a hook. */
export type HookName = keyof Handlers;

/** The phases that a hook has. */
export type PhaseOf<H extends HookName> = PhasesOf<Handlers[H]>;

/** The phases of each hook, with the names of their handlers' arguments. */
export const ARGUMENTS = {
  onConnect: { guard: ['session'], observe: ['session'] },
  onUsername: { guard: ['session', 'name'], decide: ['session', 'name'] },
  onPassword: {
    guard: ['session', 'account', 'secret'],
    decide: ['session', 'account', 'secret'],
    observe: ['session', 'account', 'decision'],
  },
  onAuthFail: { decide: ['session', 'account'], observe: ['session', 'account', 'block'] },
  onAdmit: { guard: ['session', 'account'] },
  onLogin: { observe: ['session'] },
  onCommand: {
    guard: ['session', 'call'],
    transform: ['session', 'call'],
    decide: ['session', 'call'],
    observe: ['session', 'call', 'reply'],
  },
  onMessage: { guard: ['message'], transform: ['message'], observe: ['message'] },
  onDeliver: { guard: ['session', 'message'] },
  onDelivered: { observe: ['session', 'message'] },
  onDisconnect: { observe: ['session', 'reason'] },
  onAccountChange: { observe: ['account', 'change', 'elsewhere'] },
} as const satisfies ArgumentNames<Handlers>;

/** The hooks on the hot path. Their handlers are synchronous: a call allocates nothing. */
export type SyncHookName = 'onDeliver' | 'onDelivered';

/** Whether a hook's handlers are synchronous. */
export function isSync(hook: HookName): hook is SyncHookName {
  return hook === 'onDeliver' || hook === 'onDelivered';
}

/** The hooks of one generation of plugins. */
export type Hooks = HooksOf<Handlers, SyncHookName>;

export function createHooks(): Hooks {
  return hooksOf<Handlers, SyncHookName>(ARGUMENTS, isSync);
}
