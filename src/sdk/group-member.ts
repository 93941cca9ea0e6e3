import cluster from 'node:cluster';
import type { Answer, ProcessGroup } from './process-group.ts';

/** The environment variable with which a supervisor starts a process of `chatserv --processes`. */
export const PROCESS_VARIABLE = 'CHATSERV_PROCESS';

/** What a supervisor starts a process with: the value of `PROCESS_VARIABLE`, as JSON. */
export interface Membership {
  /** The number of the process, from 1. */
  readonly number: number;
  /** Whether it is the first of its group to start. */
  readonly isFirst: boolean;
  /** The umask for the files that the process makes. */
  readonly umask: number;
}

/** A message of a process to its supervisor. */
export type ToSupervisor =
  /** Every plugin has started, or a reload has ended; with the path of the control socket, if there is one. */
  | { readonly type: 'ready'; readonly control?: string | undefined }
  | { readonly type: 'listens'; readonly transport: string; readonly where: string }
  /** Of the config, as the log's level and `limits.shutdownTime` have it. */
  | { readonly type: 'setting'; readonly level: string; readonly shutdownTime: number }
  | { readonly type: 'question'; readonly id: number; readonly what: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer };

/** A message of a supervisor to a process. */
export type ToProcess =
  | { readonly type: 'question'; readonly id: number; readonly what: string; readonly data: unknown }
  /** The answers of all processes to a question of this one, by their numbers. */
  | { readonly type: 'answers'; readonly id: number; readonly answers: readonly (readonly [number, Answer])[] };

/** This process in its group. */
class GroupMember implements ProcessGroup {
  readonly number: number;
  /** Whether a port that is in use belongs to another program: no other process of the group has served yet. */
  isFirst: boolean;
  /** The path of the control socket, on which the supervisor listens for all processes. */
  control: string | undefined;
  readonly #handlers = new Map<string, (data: unknown) => unknown>();
  readonly #asked = new Map<number, (answers: ReadonlyMap<number, Answer>) => void>();
  #lastId = 0;

  constructor({ number, isFirst }: Membership) {
    this.number = number;
    this.isFirst = isFirst;
    process.on('message', (message: ToProcess) => {
      if (message.type === 'question') void this.#answer(message.id, message.what, message.data);
      else this.#asked.get(message.id)?.(new Map(message.answers));
    });
  }

  handle(what: string, handler: (data: unknown) => unknown): void {
    this.#handlers.set(what, handler);
  }

  async ask(what: string): Promise<ReadonlyMap<number, Answer>> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<number, Answer>>();
    this.#asked.set(id, resolve);
    this.tell({ type: 'question', id, what });
    return await promise.finally(() => this.#asked.delete(id));
  }

  /** Every plugin has started, or a reload has ended. */
  ready(): void {
    this.isFirst = false;
    this.tell({ type: 'ready', control: this.control });
  }

  tell(message: ToSupervisor): void {
    // A supervisor that was killed hears nothing, and this process is about to stop.
    process.send?.(message, undefined, undefined, () => {});
  }

  async #answer(id: number, what: string, data: unknown): Promise<void> {
    this.tell({ type: 'answer', id, answer: await this.#answerTo(what, data) });
  }

  async #answerTo(what: string, data: unknown): Promise<Answer> {
    const handler = this.#handlers.get(what);
    if (handler === undefined) return { errors: [`no plugin of this process answers '${what}'`] };
    try {
      return { result: await handler(data) };
    } catch (cause) {
      return { errors: (cause as Error).message.split('\n') };
    }
  }
}

/** This process in its group; undefined if it was started without `--processes`. */
export const groupMember: GroupMember | undefined = memberIn(process.env);

function memberIn(environment: NodeJS.ProcessEnv): GroupMember | undefined {
  const value = environment[PROCESS_VARIABLE];
  if (value === undefined || process.send === undefined) return undefined;
  // Child processes do not belong to the group.
  delete environment[PROCESS_VARIABLE];
  const membership = JSON.parse(value) as Membership;
  process.umask(membership.umask);
  // Otherwise Node ends the process at once when the supervisor is killed.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  return new GroupMember(membership);
}
