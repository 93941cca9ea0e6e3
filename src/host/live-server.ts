import type { Connection } from '../api/connection.ts';
import type { Logger } from '../api/logger.ts';
import type { AcceptedSession } from '../api/session.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AccountWatch } from './account-watch.ts';
import type { ServerCounters } from './counters.ts';
import { runAsServer } from './current.ts';
import { ephemeralEntries } from './ephemeral.ts';
import type { Generation } from './generation.ts';
import { appendEntry, type Kind, postEntry, redact } from './kinds.ts';
import { checkPassword } from './password-check.ts';
import { withRetry } from './released-names.ts';
import { roomWatch } from './room-watch.ts';
import type { Command, Server } from './server.ts';
import { shownEntry } from './shown-entry.ts';

/** The parts of a running server that plugins use. */
interface Parts extends Pick<Server, 'listens' | 'isExempt'> {
  readonly kernel: Kernel;
  readonly counters: ServerCounters;
  readonly accountWatch: AccountWatch;
  readonly logger: Logger;
  /** The live generation; undefined while the server starts. */
  generation(): Generation | undefined;
}

/** Makes the server that plugins use. Its methods need no `this`, so a plugin may take them apart. */
export function liveServer(parts: Parts): Server {
  const { kernel, counters, listens, isExempt, generation } = parts;
  const kinds = () => generation()?.kinds ?? new Map<string, Kind>();
  const countLimitHit = (limit: string) => counters.countLimitHit(limit);
  return {
    accept: (connection, codec) => accept(kernel, connection, codec),
    codecs: () => [...kernel.generation.codecs.values()],
    checkPassword,
    listens,
    post: (post, ordered) => kernel.messages.posting.post(withRetry(post), ordered),
    append: (post) => appendEntry(kernel, kinds(), post),
    postEntry: (entry) => postEntry(kernel, kinds(), entry),
    redact: (id, by, device) => redact(kernel, id, by, device),
    ...ephemeralEntries(kernel, kinds),
    shown: (entry) => shownEntry(kernel, kinds(), entry),
    countLimitHit,
    limitMet: countLimitHit,
    isExempt,
    sessions: () => kernel.sessions(),
    recheckAccounts: () => recheckAccounts(parts),
    sessionsOf: ({ id }) => kernel.messages.online.of(id),
    watchRooms: roomWatch(kernel.messages.delivery.memberships),
    commands: () => commandsOf(generation()),
  };
}

function accept(kernel: Kernel, connection: Connection, codec: string): AcceptedSession {
  const { codecs } = kernel.generation;
  const known = codecs.get(codec);
  if (known === undefined) {
    throw new Error(`There is no codec '${codec}'; known: ${[...codecs.keys()].join(', ')}.`);
  }
  // A session belongs to the server, not to the plugin whose transport accepted it.
  return runAsServer(() => kernel.accept(connection, known));
}

async function recheckAccounts({ accountWatch, logger }: Parts): Promise<void> {
  try {
    await accountWatch.recheck();
  } catch (err) {
    logger.error({ event: 'store-error', err }, 'cannot re-read the accounts of open sessions');
    throw err;
  }
}

function commandsOf(generation: Generation | undefined): Command[] {
  return [...new Set(generation?.commands.values())].sort((a, b) => (a.name < b.name ? -1 : 1));
}
