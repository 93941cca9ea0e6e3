import { askUsername, refuse } from '../api/decisions.ts';
import type { Handlers, HookName, PhaseOf } from '../api/handlers.ts';
import { PHASES, type PhaseName } from '../hooks/phases.ts';
import type { Reservation } from '../hooks/reservation.ts';
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

/** The phase that a plain function handles. */
export const PLAIN_PHASES = {
  onConnect: 'guard',
  onUsername: 'decide',
  onPassword: 'decide',
  onAuthFail: 'decide',
  onAdmit: 'guard',
  onLogin: 'observe',
  onCommand: 'transform',
  onMessage: 'transform',
  onDeliver: 'guard',
  onDelivered: 'observe',
  onDisconnect: 'observe',
  onAccountChange: 'observe',
} as const satisfies { readonly [H in HookName]: PhaseOf<H> };

/** One phase of a hook, for the host and the docs. */
export interface PhaseEntry<Result = unknown> {
  /** What a handler may return besides undefined; by default nothing. */
  readonly allowed?: Allowed;
  /** The same in words, and its effect. */
  readonly result: string;
  /** The result of a handler that throws, rejects or takes too long. */
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
    when: 'A transport accepted a connection. Nothing has been sent yet.',
    phases: {
      guard: {
        allowed: REFUSAL,
        result: '`refuse(reason)` sends `closing:<reason>` and closes.',
        fallback: refuse('internal'),
        failure: 'The connection is refused: `closing:internal`.',
      },
      observe: { result: `${WATCHES} The login waits for the handler.`, failure: NEXT },
    },
  },
  onUsername: {
    when: 'The client sent a user name, or logs in without one, such as with a token; the name is empty then.',
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
          '`askPassword(account)`, `askUsername(because)`, `blocked(seconds)` or `admit(account)`, which logs in without a password. Without a decision the name is asked for again. A handler may ask the client with `await session.ask(...)`; the time until it answers does not count.',
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
          "`'right'`, `'wrong'`, `'again'` (asks once more, not counted), `blocked(seconds)` or `askUsername(because)`. Without a decision the password is wrong.",
        fallback: 'again',
        failure: 'The password is asked for again, and this one does not count as wrong.',
      },
      observe: {
        result: `${WATCHES} It is called for each password, even if the client has left meanwhile. The decision about a password that was not checked is \`again\`.`,
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
          '`blocked(seconds)` sends the seconds and closes. The third wrong password closes the connection anyway.',
        failure: 'The next handler decides. The third wrong password closes the connection anyway.',
      },
      observe: { result: WATCHES, failure: NEXT },
    },
  },
  onAdmit: {
    when: 'A login succeeded, with a password, a token or otherwise, and the session is about to be online: the last moment to refuse, before `welcome`. Logins to one account run one at a time, so no other can be admitted in between.',
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
    when: 'The session is online and its client was sent `welcome`. Its commands wait until the handlers are done.',
    phases: {
      observe: {
        result: `${WATCHES} At \`pre\`, \`offline-messages\` delivers the queued messages: a handler that must act before that declares \`order: 'pre'\`.`,
        failure: 'The next handler runs, and then the commands.',
      },
    },
  },
  onCommand: {
    when: 'A known command was called. Its arguments are checked and its code runs after `decide`.',
    phases: {
      guard: {
        allowed: REFUSAL,
        result: '`refuse(reason)` answers `error:<reason>:<command>`.',
        fallback: refuse('internal'),
        failure: 'The command is not run: `error:internal:<command>`.',
      },
      transform: {
        result: `${WATCHES} Set \`call.rest\` to rewrite the arguments.`,
        fallback: refuse('internal'),
        failure: 'The command is not run: `error:internal:<command>`.',
      },
      decide: {
        allowed: oneOf(LINES, REFUSAL),
        result: 'A line or lines answer instead of the command. `refuse(reason)` answers `error:<reason>:<command>`.',
        fallback: refuse('internal'),
        failure: 'The command is not run: `error:internal:<command>`.',
      },
      observe: {
        result: `${WATCHES} The handlers are not awaited.`,
        failure: NEXT,
      },
    },
  },
  onMessage: {
    when: 'A message was posted, by a user or a plugin; called once, before it is stored and delivered.',
    phases: {
      guard: {
        allowed: REFUSAL,
        result: '`refuse(reason)`: it is not sent, and the sender is answered `error:<reason>:<command>`.',
        fallback: refuse('internal'),
        failure: 'The message is not sent: `error:internal:<command>`.',
      },
      transform: {
        result: `${WATCHES} Set \`message.text\` to rewrite it. At \`post\`, \`offline-messages\` looks up the names of offline recipients.`,
        fallback: refuse('internal'),
        failure: 'The message is not sent: `error:internal:<command>`.',
      },
      observe: {
        result: `${WATCHES} The message was stored, if there is a store, and delivered to those online. The handlers are not awaited.`,
        failure: NEXT,
      },
    },
  },
  onDeliver: {
    when: 'A message is about to be delivered to a session; called for each session. On the hot path.',
    phases: {
      guard: {
        allowed: literals('drop', 'hold'),
        result:
          "`'drop'`: this session never receives it. `'hold'`: it and later messages stay in the inbox until `fetch` or the next login.",
        fallback: 'hold',
        failure: 'It is held for that recipient, and the failure logged once.',
      },
    },
  },
  onDelivered: {
    when: 'The transport took the bytes of a message, or the client acknowledged it. If one write or acknowledgement covers several messages, the hook is called for the last. On the hot path.',
    phases: { observe: { result: WATCHES, failure: NEXT } },
  },
  onDisconnect: {
    when: 'The connection ended, for any reason. The session is no longer online.',
    phases: { observe: { result: WATCHES, failure: NEXT } },
  },
  onAccountChange: {
    when: "An account was created or changed, in this server or by `chatserv user`: `'registered'`: it is new; `'roles'`: its roles changed; `'renamed'`: its name changed to the one that the handler is given: sessions whose codec `renames` go on under it, the others are closed; `'signed-out'`: its password changed or it was signed out everywhere, and its sessions are closed; `'removed'`: it no longer exists. `elsewhere` is true where another process made the change, whose handlers were called too: another server, if `nats` connects them, or else any process, for online accounts only. It is never `'registered'` then.",
    phases: { observe: { result: WATCHES, failure: NEXT } },
  },
};

/** A phase of a hook without its types, if the hook has it. */
export function phaseEntry(hook: HookName, phase: PhaseName): PhaseEntry | undefined {
  return (HOOKS[hook].phases as Readonly<Record<string, PhaseEntry>>)[phase];
}

/** Every phase of every hook, in the order in which they run. */
export function allPhases(): readonly { readonly hook: HookName; readonly phase: PhaseName }[] {
  return (Object.keys(HOOKS) as HookName[]).flatMap((hook) =>
    PHASES.filter((phase) => phaseEntry(hook, phase) !== undefined).map((phase) => ({ hook, phase })),
  );
}
