import type { Account, Entry, Logger, MessageLog, Server } from 'chatserv';
import type { RoomKeeping } from './keeping.ts';
import { factsOf, retentionKind, SERVER } from './retention.ts';

/** The commands by which users join rooms. */
const JOINING: ReadonlySet<string> = new Set(['join', 'create']);

/** What notices need. */
interface NoticeContext {
  readonly server: Server;
  readonly messageLog: MessageLog;
  readonly keeping: RoomKeeping;
  readonly logger: Logger;
}

/** Tells accounts that join a room how long messages stay there: after the answer, if a command of theirs joins it. */
export class RetentionNotices {
  readonly #context: NoticeContext;
  /** How many commands of each account may join a room and have no answer yet. */
  readonly #unanswered = new Map<number, number>();
  /** The rooms that these accounts have joined meanwhile. */
  readonly #joined = new Map<number, Entry[]>();

  constructor(context: NoticeContext) {
    this.#context = context;
  }

  /** Whether a command may join a room. */
  isJoining(command: string): boolean {
    return JOINING.has(command);
  }

  /** An account calls a command that may join a room. @returns a function that says it is about to be answered */
  begin({ id }: Account): () => void {
    this.#unanswered.set(id, (this.#unanswered.get(id) ?? 0) + 1);
    return () => {
      const others = (this.#unanswered.get(id) ?? 1) - 1;
      if (others > 0) return void this.#unanswered.set(id, others);
      this.#unanswered.delete(id);
      for (const entry of this.#joined.get(id) ?? []) this.#tell(entry);
      this.#joined.delete(id);
    };
  }

  /** An account has joined a room. @param entry of kind `join` */
  note(entry: Entry): void {
    const { sender } = entry;
    if (this.#unanswered.has(sender)) this.#joined.set(sender, [...(this.#joined.get(sender) ?? []), entry]);
    else this.#tell(entry);
  }

  #tell(entry: Entry): void {
    this.#post(entry).catch((err: unknown) => {
      this.#context.logger.error({ event: 'store-error', err }, "a room's retention could not be read");
    });
  }

  async #post({ room: id, sender, from }: Entry): Promise<void> {
    const { server, messageLog, keeping } = this.#context;
    // The answer is sent within this turn.
    await new Promise(setImmediate);
    if (server.sessionsOf({ id: sender, name: from }).length === 0) return;
    const room = await messageLog.room(id);
    if (room === undefined) return;
    const data = factsOf(room, keeping.of(room));
    await server.append({ kind: retentionKind.name, from: SERVER, to: { direct: [sender] }, data, kept: false });
  }
}
