import type { Account, Entry, MessageLog, Server } from 'chatserv';
import type { Bus } from './bus.ts';
import type { Subjects } from './subjects.ts';

/** A log that several servers share. */
type SharedLog = Required<Pick<MessageLog, 'follow' | 'followOwn' | 'catchUp' | 'identity'>>;

/** Whether several servers can share a log. */
export function isShared(log: MessageLog): log is MessageLog & SharedLog {
  return log.followOwn !== undefined && log.catchUp !== undefined && log.identity !== undefined;
}

/**
 * Announces the entries of this server by their ids, and reads the log when others announce entries that matter
 * here. The log alone delivers: an announcement that is lost, late, repeated or wrong costs a look at the log at most.
 */
export class Announcements {
  /** Called with what else arrives on the same subjects, as JSON. */
  passed: (data: unknown) => void = () => {};
  readonly #bus: Bus;
  readonly #subjects: Subjects;
  readonly #log: SharedLog;
  /** The id up to which this server has all entries. */
  #last = 0;
  /** The id of the last entry of this server. */
  #own = 0;
  #isReading = false;
  /** The highest id announced since the current reading began; infinite if any may be missing. */
  #awaited = 0;
  #settling: Promise<void> | undefined;
  #undo: (() => void)[] = [];

  constructor(bus: Bus, subjects: Subjects, log: SharedLog) {
    this.#bus = bus;
    this.#subjects = subjects;
    this.#log = log;
  }

  /** The id of the last entry that this server has appended; 0 if it has appended none. */
  get own(): number {
    return this.#own;
  }

  /** Reads the log up to an id, unless that fails. */
  async reach(id: number): Promise<void> {
    if (id > this.#last) await this.#log.catchUp().catch(() => {});
  }

  start(server: Server): void {
    this.#toggle(this.#subjects.all, true);
    for (const { account } of server.sessions()) if (account !== undefined) this.account(account, true);
    this.#undo = [
      server.watchRooms((room, isOccupied) => this.#toggle(this.#subjects.room(room), isOccupied)),
      this.#log.follow((entries) => {
        this.#last = entries.at(-1)?.id ?? this.#last;
      }),
      this.#log.followOwn((entries) => this.#announce(entries)),
    ];
  }

  /** An account came online on this server, or left it. */
  account({ id }: Account, isOnline: boolean): void {
    this.#toggle(this.#subjects.account(id), isOnline);
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #toggle(subject: string, isNeeded: boolean): void {
    if (isNeeded) {
      this.#bus.subscribe(subject, this.#announced);
      this.#catchUpSoon();
    } else this.#bus.unsubscribe(subject);
  }

  #announce(entries: readonly Entry[]): void {
    this.#own = entries.at(-1)?.id ?? this.#own;
    const latest = new Map<string, number>();
    for (const entry of entries) for (const subject of this.#subjects.of(entry)) latest.set(subject, entry.id);
    for (const [subject, id] of latest) this.#bus.publish(subject, String(id));
  }

  #announced = (text: string): void => {
    if (text.startsWith('{')) this.passed(parsed(text));
    else if (Number(text) > this.#last) this.#catchUp(Number(text));
  };

  /** Reads what was announced before new subscriptions were in effect. */
  #catchUpSoon(): void {
    // A moment later, since a user's login subscribes to several subjects.
    this.#settling ??= Promise.resolve().then(async () => {
      this.#settling = undefined;
      if (await this.#bus.flush()) this.#catchUp();
    });
  }

  #catchUp(upTo = Number.POSITIVE_INFINITY): void {
    this.#awaited = Math.max(this.#awaited, upTo);
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    // What was announced before a reading began is in it, and mostly what was announced meanwhile, too.
    while (this.#awaited > this.#last) {
      this.#awaited = 0;
      // The store reports what is wrong, and looks by itself once a second.
      await this.#log.catchUp().catch(() => {});
    }
    this.#isReading = false;
  }
}

/** @returns undefined for what is not JSON */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
