import { randomUUID } from 'node:crypto';
import {
  type Account,
  type Accounts,
  type Clock,
  type MessageDraft,
  type Refusal,
  type RoomLog,
  type Rooms,
  refuse,
  type Server,
} from 'chatserv';
import type { HeldLimits, HeldMessage, HeldMessages } from './held-messages.ts';
import type { Notices } from './notices.ts';
import type { ApprovalRooms } from './rooms.ts';

/** Reasons for which a message is dropped when it is approved; for any other it goes on waiting. */
const GONE: ReadonlySet<string> = new Set(['no-room', 'not-member', 'removed']);

/** What approval needs. */
export interface ApprovalContext {
  readonly options: HeldLimits & { readonly time: number };
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly roomLog?: RoomLog | undefined;
  readonly server: Server;
  readonly clock: Clock;
  readonly approvalRooms: ApprovalRooms;
  readonly held: HeldMessages;
  readonly notices: Notices;
}

/** What became of a message that was approved: it was posted or dropped, or is refused for now, or there is none. */
export type Approved = 'posted' | 'dropped' | 'none' | Refusal;

/** Holds the messages of members, and posts or rejects them as moderators decide. */
export class Approval {
  readonly #context: ApprovalContext;
  /** The texts of messages as they were typed, before other plugins rewrite them. */
  readonly #typed = new WeakMap<Readonly<MessageDraft>, string>();

  constructor(context: ApprovalContext) {
    this.#context = context;
  }

  /** Notes the text of a message that may have to be held. */
  noteTyped(message: Readonly<MessageDraft>): void {
    this.#typed.set(message, message.text);
  }

  /** Whether a message may have to be held. Synchronous, for all messages. */
  concerns({ room, audience, from, kind, approved }: Readonly<MessageDraft>): boolean {
    // A reaction has no text of its sender's.
    if (from.id <= 0 || approved || kind === 'reaction' || !('group' in audience) || audience.group !== 'room')
      return false;
    const { approvalRooms } = this.#context;
    return !approvalRooms.isLoaded || approvalRooms.has(room);
  }

  /** Refuses a message that has to be approved first, and holds it. */
  async check(message: MessageDraft): Promise<undefined> {
    const { rooms, approvalRooms } = this.#context;
    await approvalRooms.load();
    if (!approvalRooms.has(message.room)) return;
    if (await rooms.allows(message.room, message.from, 'moderator')) return;
    if (message.of === undefined) message.refuse(await this.#hold(message));
    else message.refuse(refuse('approval', 'Messages in this room cannot be edited while they need approval.'));
  }

  async #hold(message: MessageDraft): Promise<Refusal> {
    const { options, rooms, server, clock, held, notices } = this.#context;
    const { room, from, reply, once } = message;
    const info = await rooms.get(room);
    if (info === undefined) return refuse('no-room');
    const text = this.#typed.get(message) ?? message.text;
    const waiting = { sender: from.id, text, reply, key: once?.key ?? randomUUID(), time: clock.now() };
    const holding = await held.hold(room, waiting, options);
    if (holding === 'perSender') {
      server.countLimitHit('held-messages-of-sender');
      return refuse(
        'too-many-held',
        `${options.perSender} of your messages wait for approval in #${info.name} already.`,
      );
    }
    if (holding === 'perRoom') {
      server.countLimitHit('held-messages');
      return refuse('held-full', `Too many messages wait for approval in #${info.name}. Try again later.`);
    }
    // A retry is answered the same, and moderators are not told again.
    if (holding.isNew) await notices.waits(info, from, holding);
    return refuse(
      'held',
      `Your message ${holding.message.number} waits until a moderator of #${info.name} approves it.`,
    );
  }

  /** Posts a held message, as its sender. @throws when it cannot be stored; it can be approved again then */
  async approve(room: number, number: number, by: Account): Promise<Approved> {
    const { accounts, server, held, notices, roomLog } = this.#context;
    let outcome: Approved = 'none';
    await held.approve(room, number, by.id, async (message) => {
      const from = await accounts.get(message.sender);
      const { text, reply, key } = message;
      const once = { key, retry: true };
      const posted =
        from === undefined
          ? refuse('removed')
          : await server.post({ from, to: { room }, text, reply, once, approved: true });
      if (!('kind' in posted)) {
        outcome = 'posted';
        await roomLog?.note(room, by, { change: 'approved', account: message.sender, number });
        return true;
      }
      if (!GONE.has(posted.reason)) {
        outcome = posted;
        return false;
      }
      outcome = 'dropped';
      await notices.notPosted(message, 'was not posted: you are no longer in the room.');
      return true;
    });
    return outcome;
  }

  /** Erases a held message, and tells its sender. @returns it; undefined if there is none, or if it has been approved */
  async reject(
    room: number,
    number: number,
    by: Account,
    reason: string | undefined,
  ): Promise<HeldMessage | undefined> {
    const message = await this.#context.held.take(room, number);
    if (message === undefined) return undefined;
    await this.#context.roomLog?.note(room, by, { change: 'rejected', account: message.sender, number });
    await this.#context.notices.notPosted(message, `was rejected${reason === undefined ? '.' : `: ${reason}`}`);
    return message;
  }

  /** Drops the messages of a sender who has left a room. */
  async dropOf(room: number, { id }: Pick<Account, 'id'>): Promise<void> {
    const dropped = await this.#context.held.takeAll(room, ({ sender }) => sender === id);
    for (const message of dropped) {
      await this.#context.notices.notPosted(message, 'was not posted: you are no longer in the room.');
    }
  }

  /** Drops the messages that have waited too long, and tells their senders. */
  async expire(): Promise<void> {
    const { options, clock, held, notices } = this.#context;
    const before = clock.now() - options.time * 1000;
    for (const room of await held.rooms()) {
      for (const message of await held.takeAll(room, ({ time }) => time <= before)) {
        await notices.notPosted(message, 'was not posted: nobody approved it in time.');
      }
    }
  }

  /** Posts what was approved when the server was interrupted. */
  async resume(): Promise<void> {
    for (const room of await this.#context.held.rooms()) {
      for (const { number, approvedBy } of await this.#context.held.list(room)) {
        if (approvedBy !== undefined) await this.approve(room, number, { id: approvedBy, name: '' });
      }
    }
  }
}
