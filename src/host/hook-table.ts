import { askUsername, refuse } from '../kernel/decisions.ts';
import { type Handlers, type HookName, PHASES, type PhaseName, type PhaseOf } from '../kernel/hooks.ts';
import type { Reservation } from '../kernel/reservation.ts';
import {
  ADMIT,
  type Allowed,
  ASK_PASSWORD,
  ASK_USERNAME,
  BLOCKED,
  LINES,
  literals,
  oneOf,
  REFUSAL,
} from './results.ts';

type ResultOf<F> = F extends (...args: never[]) => infer R ? Exclude<Awaited<R>, Reservation<never>> : never;

/** One phase of a hook: for the host, which checks and calls its handlers, and for the docs. */
export interface PhaseEntry<Result = unknown> {
  /** What a handler may return beside undefined; nothing, where it decides nothing. */
  readonly allowed?: Allowed;
  /** The same in words, and what comes of it. */
  readonly result: string;
  /** What stands in for the result of a handler that throws, rejects or takes too long. */
  readonly fallback?: Result;
  /** The same in words. */
  readonly failure: string;
}

/** A hook, for the host and for the docs. */
export interface HookEntry<H extends HookName = HookName> {
  readonly when: string;
  readonly phases: {
    readonly [P in PhaseOf<H>]: PhaseEntry<ResultOf<Handlers[H][P]> | (P extends 'transform' ? object : never)>;
  };
}

const NEXT = 'The next handler runs.';
const WATCHES = 'Nothing.';
const AGAIN = 'The user name is asked for again: `username`.';
const LOGIN_REFUSAL = oneOf(ASK_USERNAME, BLOCKED);

/** What the hooks are: the types of their handlers are `Handlers`. */
export const HOOKS: { readonly [H in HookName]: HookEntry<H> } = {
  onConnect: {
    when: 'A transport accepted a connection; nothing has been sent yet.',
    phases: {
      guard: {
        allowed: REFUSAL,
        result: '`refuse(reason)` sends `closing:<reason>` and closes.',
        fallback: refuse('internal'),
        failure: 'The connection is refused: `closing:internal`.',
      },
      observe: { result: `${WATCHES} The login waits for it.`, failure: NEXT },
    },
  },
  onUsername: {
    when: 'The client sent a user name, or logs in with something else, such as a token; then the name is empty.',
    phases: {
      guard: {
        allowed: LOGIN_REFUSAL,
        result: '`askUsername(because)` or `blocked(seconds)` refuses.',
        fallback: askUsername(),
        failure: AGAIN,
      },
      decide: {
        allowed: oneOf(ASK_PASSWORD, ASK_USERNAME, BLOCKED, ADMIT),
        result:
          '`askPassword(account)`, `askUsername(because)`, `blocked(seconds)` or `admit(account)`, which logs in without a password. When nobody decides, the name is asked for again. A handler may hold a dialogue with `await session.ask(...)`; the time that the client takes to answer does not count.',
        fallback: askUsername(),
        failure: AGAIN,
      },
    },
  },
  onPassword: {
    when: 'The client sent a password.',
    phases: {
      guard: {
        allowed: oneOf(literals('wrong', 'again'), BLOCKED, ASK_USERNAME),
        result: "`'wrong'`, `'again'`, `blocked(seconds)` or `askUsername(because)` refuses.",
        fallback: 'again',
        failure: 'The password is asked for again, and this one does not count as wrong.',
      },
      decide: {
        allowed: oneOf(literals('right', 'wrong', 'again'), BLOCKED, ASK_USERNAME),
        result:
          "`'right'`, `'wrong'`, `'again'` (asks once more, not counted), `blocked(seconds)` or `askUsername(because)`. When nobody decides, it is wrong.",
        fallback: 'again',
        failure: 'The password is asked for again, and this one does not count as wrong.',
      },
      observe: {
        result: `${WATCHES} It is called for each password, also where the client has left meanwhile. One that nobody checked is \`again\`.`,
        failure: NEXT,
      },
    },
  },
  onAuthFail: {
    when: 'A password was wrong.',
    phases: {
      decide: {
        allowed: BLOCKED,
        result:
          '`blocked(seconds)` sends the seconds and closes. The third wrong password on a connection closes it anyway.',
        failure: 'The next handler decides; the third wrong password closes all the same.',
      },
      observe: { result: WATCHES, failure: NEXT },
    },
  },
  onAdmit: {
    when: 'A login succeeded, with a password, a token or anything else, and the session is about to be online: the last moment to refuse, before `welcome`. Logins to one account take turns, so no other one comes between the answer and the session being online.',
    phases: {
      guard: {
        allowed: LOGIN_REFUSAL,
        result: '`askUsername(because)` or `blocked(seconds)` refuses.',
        fallback: askUsername(),
        failure: AGAIN,
      },
    },
  },
  onLogin: {
    when: 'The session is online, and its client has read `welcome`; its commands wait until the handlers are done.',
    phases: { observe: { result: WATCHES, failure: 'The next handler runs, and then the commands.' } },
  },
  onCommand: {
    when: 'A command that exists was called; its arguments are checked and its code runs after `decide`.',
    phases: {
      guard: {
        allowed: REFUSAL,
        result: '`refuse(reason)` answers `error:<reason>:<command>`.',
        fallback: refuse('internal'),
        failure: 'The command is not run: `error:internal:<command>`.',
      },
      transform: {
        result: `${WATCHES} \`call.rest\` may be set to rewrite the arguments.`,
        fallback: refuse('internal'),
        failure: 'The command is not run: `error:internal:<command>`.',
      },
      decide: {
        allowed: oneOf(LINES, REFUSAL),
        result:
          'A line or lines: the answer, instead of the command. `refuse(reason)` answers `error:<reason>:<command>`.',
        fallback: refuse('internal'),
        failure: 'The command is not run: `error:internal:<command>`.',
      },
      observe: {
        result: `${WATCHES} Nobody waits for it.`,
        failure: NEXT,
      },
    },
  },
  onMessage: {
    when: 'Once a message, before it is kept and given to anyone.',
    phases: {
      guard: {
        allowed: REFUSAL,
        result: '`refuse(reason)`: nobody gets it, and the sender is answered `error:<reason>:<command>`.',
        fallback: refuse('internal'),
        failure: 'The message is not sent: `error:internal:<command>`.',
      },
      transform: {
        result: `${WATCHES} \`message.text\` may be set to rewrite it. At \`post\` the names of those who are offline are looked up: \`offline-messages\` does that.`,
        fallback: refuse('internal'),
        failure: 'The message is not sent: `error:internal:<command>`.',
      },
      observe: {
        result: `${WATCHES} The message was sent: it is kept, where anything keeps messages, and was given to those online. Nobody waits for it.`,
        failure: NEXT,
      },
    },
  },
  onDeliver: {
    when: 'Once for each session that a message is about to be given to. On the hot path.',
    phases: {
      guard: {
        allowed: literals('drop', 'hold'),
        result:
          "`'drop'`: this session is never given it. `'hold'`: it and what follows stay in the inbox until `fetch` or the next login.",
        fallback: 'hold',
        failure: 'Held for that recipient, and logged once.',
      },
    },
  },
  onDelivered: {
    when: 'The transport took the bytes of a message, or the client acknowledged it. Of messages that one write or acknowledgement covers, the hook is given the last. On the hot path.',
    phases: { observe: { result: WATCHES, failure: NEXT } },
  },
  onDisconnect: {
    when: 'The connection ended, for whatever cause; the session is no longer online.',
    phases: { observe: { result: WATCHES, failure: NEXT } },
  },
  onAccountChange: {
    when: "An account was made or changed, in this server or by `chatserv user`: `'registered'`, it is new; `'roles'`, it has other roles; `'renamed'`, it has another name, the one that the handler is given, and its sessions are closed; `'signed-out'`, its password was changed or it was signed out everywhere, and its sessions are closed; `'removed'`, it no longer exists. Of changes by another process only those to accounts that are online are noticed.",
    phases: { observe: { result: WATCHES, failure: NEXT } },
  },
};

/** A phase of a hook, its types worn off, if the hook has it. */
export function phaseEntry(hook: HookName, phase: PhaseName): PhaseEntry | undefined {
  return (HOOKS[hook].phases as Readonly<Record<string, PhaseEntry>>)[phase];
}

/** Every phase of every hook, in the order in which they run. */
export function allPhases(): readonly { readonly hook: HookName; readonly phase: PhaseName }[] {
  return (Object.keys(HOOKS) as HookName[]).flatMap((hook) =>
    PHASES.filter((phase) => phaseEntry(hook, phase) !== undefined).map((phase) => ({ hook, phase })),
  );
}
