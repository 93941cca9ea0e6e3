import type { Account, Entry, MessageLog, Presence, Server } from 'chatserv';
import type { Bus } from './bus.ts';
import { Subjects } from './subjects.ts';

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
  readonly #bus: Bus;
  readonly #subjects: Subjects;
  readonly #log: SharedLog;
  /** The id up to which this server has all entries. */
  #last = 0;
  #isReading = false;
  /** Whether something was announced since the current reading began. */
  #isDue = false;
  #settling: Promise<void> | undefined;
  #undo: (() => void)[] = [];

  /** @param prefix what the names of all subjects begin with */
  constructor(bus: Bus, prefix: string, log: SharedLog) {
    this.#bus = bus;
    this.#subjects = new Subjects(prefix, log.identity);
    this.#log = log;
  }

  start(server: Server, presence: Presence): void {
    const subscribe = (subject: string) => {
      this.#bus.subscribe(subject, this.#announced);
      this.#catchUpSoon();
    };
    const toggle = (subject: string, isNeeded: boolean) =>
      isNeeded ? subscribe(subject) : this.#bus.unsubscribe(subject);
    const toggleAccount = (account: Account) =>
      toggle(this.#subjects.account(account.id), server.sessionsOf(account).length > 0);
    subscribe(this.#subjects.all);
    for (const { account } of server.sessions()) if (account !== undefined) toggleAccount(account);
    this.#undo = [
      presence.watch(toggleAccount),
      server.watchRooms((room, isOccupied) => toggle(this.#subjects.room(room), isOccupied)),
      this.#log.follow((entries) => {
        this.#last = entries.at(-1)?.id ?? this.#last;
      }),
      this.#log.followOwn((entries) => this.#announce(entries)),
    ];
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #announce(entries: readonly Entry[]): void {
    const latest = new Map<string, number>();
    for (const entry of entries) for (const subject of this.#subjects.of(entry)) latest.set(subject, entry.id);
    for (const [subject, id] of latest) this.#bus.publish(subject, String(id));
  }

  #announced = (text: string): void => {
    if (!(Number(text) > this.#last)) return;
    this.#catchUp();
  };

  /** Reads what was announced before new subscriptions were in effect. */
  #catchUpSoon(): void {
    // A moment later, since a user's login subscribes to several subjects.
    this.#settling ??= Promise.resolve().then(async () => {
      this.#settling = undefined;
      if (await this.#bus.flush()) this.#catchUp();
    });
  }

  #catchUp(): void {
    this.#isDue = true;
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#isDue) {
      this.#isDue = false;
      // The store reports what is wrong, and looks by itself once a second.
      await this.#log.catchUp().catch(() => {});
    }
    this.#isReading = false;
  }
}
