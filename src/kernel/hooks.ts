import { AsyncSeriesBailHook, AsyncSeriesHook, SyncBailHook, SyncHook } from 'tapable';
import type { Account } from './account.ts';
import type { AccountChange } from './account-watch.ts';
import type { CommandCall } from './commands.ts';
import type { Duplicate, Message, MessageDraft } from './message.ts';
import type { Session } from './session.ts';
import {
  askUsername,
  type Blocked,
  type PasswordVerdict,
  type Refusal,
  type Reply,
  refuse,
  type UsernameVerdict,
} from './verdicts.ts';

/** What a deciding hook's handler gives back: its decision now or later, or undefined to leave it to the next. */
export type Decision<T> = T | undefined | Promise<T | undefined>;

/** What a watching hook's handler gives back: nothing, now or later. */
export type Watching = undefined | Promise<undefined>;

/** A hook is a named moment in which plugins decide or watch. These are their handlers' types. */
export interface Handlers {
  onConnect(session: Session): Decision<Refusal>;
  onUsername(session: Session, name: string): Decision<UsernameVerdict>;
  onPassword(session: Session, account: Account, secret: string): Decision<PasswordVerdict>;
  onPasswordDone(session: Session, account: Account, verdict: PasswordVerdict): undefined;
  onAuthFail(session: Session, account: Account): Decision<Blocked>;
  onAdmit(session: Session, account: Account): Decision<UsernameVerdict>;
  onLogin(session: Session): Watching;
  onAccountChange(account: Account, change: AccountChange): Watching;
  onCommand(session: Session, call: CommandCall): Decision<Exclude<Reply, undefined>>;
  onRetry(account: Account, key: string): Decision<Duplicate>;
  onMessage(message: MessageDraft): Decision<Refusal>;
  onSaid(message: Message): Watching;
  onDeliver(session: Session, message: Message): 'hold' | 'drop' | undefined;
  onDelivered(session: Session, message: Message): undefined;
  onDisconnect(session: Session, reason: string): Watching;
}

/** The name of a hook. */
export type HookName = keyof Handlers;

/** How a hook behaves, for the host that guards its handlers and for the docs, whose table is made from this. */
export interface HookEntry<H extends HookName = HookName> {
  readonly kind: 'AsyncSeriesBail' | 'AsyncSeries' | 'SyncBail' | 'Sync';
  readonly args: readonly string[];
  readonly when: string;
  readonly result: string;
  /** What stands in for the decision of a handler that throws, rejects or takes too long. */
  readonly fallback: Awaited<ReturnType<Handlers[H]>>;
  /** The same in words. */
  readonly failure: string;
}

export const HOOKS: { readonly [H in HookName]: HookEntry<H> } = {
  onConnect: {
    kind: 'AsyncSeriesBail',
    args: ['session'],
    when: 'A transport accepted a connection; nothing was said yet.',
    result: '`refuse(reason)` says `closing:<reason>` and closes.',
    fallback: refuse('internal'),
    failure: 'The connection is refused: `closing:internal`.',
  },
  onUsername: {
    kind: 'AsyncSeriesBail',
    args: ['session', 'name'],
    when: 'The client sent a user name. A handler may hold a dialogue with `await session.ask(...)`; waiting for its answer does not count as time taken.',
    result:
      '`askPassword(account)`, `askUsername(because)`, `blocked(seconds)` or `admit(account)`, which logs in without a password. When nobody decides, the name is asked for again.',
    fallback: askUsername(),
    failure: 'The user name is asked for again: `username`.',
  },
  onPassword: {
    kind: 'AsyncSeriesBail',
    args: ['session', 'account', 'secret'],
    when: 'The client sent a password.',
    result:
      "`'right'`, `'wrong'`, `'again'` (asks once more, not counted), `blocked(seconds)` or `askUsername(because)`. When nobody decides, it is wrong.",
    fallback: 'again',
    failure: 'The password is asked for again, and this one does not count as wrong.',
  },
  onPasswordDone: {
    kind: 'Sync',
    args: ['session', 'account', 'verdict'],
    when: 'The verdict on a password is there, also where the client has left meanwhile: after each `onPassword`, before anything else is done. A guard that took from a quota for a password gives it back here, unless the verdict is `wrong`; one that nobody looked at is `again`.',
    result: 'None: it watches.',
    fallback: undefined,
    failure: 'The next handler runs.',
  },
  onAuthFail: {
    kind: 'AsyncSeriesBail',
    args: ['session', 'account'],
    when: 'A password was wrong.',
    result:
      '`blocked(seconds)` says the seconds and closes. The third wrong password on a connection closes it anyway.',
    fallback: undefined,
    failure: 'The next handler decides; the third wrong password closes all the same.',
  },
  onAdmit: {
    kind: 'AsyncSeriesBail',
    args: ['session', 'account'],
    when: 'A login succeeded, with a password, a token or anything else, and the session is about to be online: the last moment to refuse, before `welcome`. Logins to one account take turns, so that no other one comes between the answer and the session being online.',
    result: '`askUsername(because)` or `blocked(seconds)` refuses.',
    fallback: askUsername(),
    failure: 'The user name is asked for again: `username`.',
  },
  onLogin: {
    kind: 'AsyncSeries',
    args: ['session'],
    when: 'The session is online and was told `welcome`; its commands wait until the handlers are done.',
    result: 'None: it watches.',
    fallback: undefined,
    failure: 'The next handler runs, and then the commands.',
  },
  onAccountChange: {
    kind: 'AsyncSeries',
    args: ['account', 'change'],
    when: "An account was changed, in this server or by `chatserv user`: `'roles'`, it has others; `'signed-out'`, its password was changed or it was signed out everywhere, and its sessions are closed; `'removed'`, it does not exist any more. Of a change by another process only accounts that are online are told.",
    result: 'None: it watches.',
    fallback: undefined,
    failure: 'The next handler runs.',
  },
  onCommand: {
    kind: 'AsyncSeriesBail',
    args: ['session', 'call'],
    when: 'A command that exists was called, before its arguments are checked and its code runs. `call.rest` may be set to rewrite them.',
    result: 'A line or lines: the answer, instead of the command. `refuse(reason)` answers `error:<reason>:<command>`.',
    fallback: refuse('internal'),
    failure: 'The command is not run: `error:internal:<command>`.',
  },
  onRetry: {
    kind: 'AsyncSeriesBail',
    args: ['account', 'key'],
    when: 'A client sends a message again whose answer it never read, before anything can refuse it. For the plugin that keeps messages.',
    result:
      'What the first copy was answered, `{ duplicateOf, unknown }`: the retry is answered the same, and no other hook or limit refuses it. `undefined` when it was not kept: it is then a message like any other.',
    fallback: undefined,
    failure: 'The message is handled as a new one; the store still keeps it only once.',
  },
  onMessage: {
    kind: 'AsyncSeriesBail',
    args: ['message'],
    when: 'Once a message, before it is kept and given to anyone. `message.text` may be set to rewrite it. At `post` the names of those who are offline are looked up: `offline-messages` does that.',
    result: '`refuse(reason)`: nobody gets it, and the sender is answered `error:<reason>:<command>`.',
    fallback: refuse('internal'),
    failure: 'The message is not sent: `error:internal:<command>`.',
  },
  onSaid: {
    kind: 'AsyncSeries',
    args: ['message'],
    when: 'A message was said: it is kept, where anything keeps messages, and was given to those online. For plugins that only watch: nobody waits for them.',
    result: 'None: it watches.',
    fallback: undefined,
    failure: 'The next handler runs.',
  },
  onDeliver: {
    kind: 'SyncBail',
    args: ['session', 'message'],
    when: 'Once for each session that a message is about to be given to. On the hot path.',
    result:
      "`'drop'`: this session is never given it. `'hold'`: it and what follows stay in the inbox until `fetch` or the next login.",
    fallback: 'hold',
    failure: 'Held for that recipient, and logged once.',
  },
  onDelivered: {
    kind: 'Sync',
    args: ['session', 'message'],
    when: 'The transport took the bytes of a message, or the client acknowledged it. On the hot path.',
    result: 'None: it watches.',
    fallback: undefined,
    failure: 'The next handler runs.',
  },
  onDisconnect: {
    kind: 'AsyncSeries',
    args: ['session', 'reason'],
    when: 'The connection ended, for whatever cause; the session is no longer online.',
    result: 'None: it watches.',
    fallback: undefined,
    failure: 'The next handler runs.',
  },
};

/** One set of tapable hooks. A generation builds its own: tapable cannot untap, and this way need not. */
export function createHooks() {
  return {
    onConnect: new AsyncSeriesBailHook<[Session], Refusal | undefined>(['session']),
    onUsername: new AsyncSeriesBailHook<[Session, string], UsernameVerdict | undefined>(['session', 'name']),
    onPassword: new AsyncSeriesBailHook<[Session, Account, string], PasswordVerdict | undefined>([
      'session',
      'account',
      'secret',
    ]),
    onPasswordDone: new SyncHook<[Session, Account, PasswordVerdict]>(['session', 'account', 'verdict']),
    onAuthFail: new AsyncSeriesBailHook<[Session, Account], Blocked | undefined>(['session', 'account']),
    onAdmit: new AsyncSeriesBailHook<[Session, Account], UsernameVerdict | undefined>(['session', 'account']),
    onLogin: new AsyncSeriesHook<[Session]>(['session']),
    onAccountChange: new AsyncSeriesHook<[Account, AccountChange]>(['account', 'change']),
    onCommand: new AsyncSeriesBailHook<[Session, CommandCall], Reply>(['session', 'call']),
    onRetry: new AsyncSeriesBailHook<[Account, string], Duplicate | undefined>(['account', 'key']),
    onMessage: new AsyncSeriesBailHook<[MessageDraft], Refusal | undefined>(['message']),
    onSaid: new AsyncSeriesHook<[Message]>(['message']),
    onDeliver: new SyncBailHook<[Session, Message], 'hold' | 'drop' | undefined>(['session', 'message']),
    onDelivered: new SyncHook<[Session, Message]>(['session', 'message']),
    onDisconnect: new AsyncSeriesHook<[Session, string]>(['session', 'reason']),
  };
}

export type Hooks = ReturnType<typeof createHooks>;
