import type { Account, Refusal, RoomChange, RoomSettings } from 'chatserv';
import { isAdmin } from './access.ts';
import { limit, type RoomContext, SERVER, tell, writeFacts } from './context.ts';
import type { KnownRoom } from './facts.ts';
import { nameProblem, nameRefused } from './names.ts';
import { taken } from './refusals.ts';

/** The key in `queue` under which rooms are created and renamed. */
const NAMES = 0;

/** Creates, changes, renames and deletes rooms. */
export class Settings {
  readonly #context: RoomContext;

  constructor(context: RoomContext) {
    this.#context = context;
  }

  /** Creates a room of an account, which becomes its owner. */
  create(name: string, owner: Account, settings: Partial<RoomSettings>): Promise<KnownRoom | Refusal> {
    const { queue, directory, log, clock, options } = this.#context;
    return queue.run(NAMES, async () => {
      const same = directory.find(name);
      // A creation that was interrupted before its owner had joined is taken up again.
      const isUnfinished = same?.creator === owner.id && same.size === 0;
      if (!isUnfinished && directory.createdBy(owner.id) >= options.maxCreated) {
        if (!(await isAdmin(this.#context, owner))) {
          return limit(this.#context, 'rooms-created', 'too-many-rooms', 'You cannot create any more rooms.');
        }
      }
      const about = { ...settings, creator: owner.id, owners: [owner.id] };
      const room = isUnfinished ? same : await this.#make(name, about, owner);
      if ('kind' in room) return room;
      await log.join(room.id, owner.id, 'owner', clock.now());
      return room;
    });
  }

  /** Finds or creates a room of a plugin. */
  own(plugin: string, name: string, settings: Partial<RoomSettings>): Promise<KnownRoom | Refusal> {
    return this.#context.queue.run(NAMES, async () => {
      const same = this.#context.directory.find(name);
      return same?.plugin === plugin ? same : this.#make(name, { ...settings, plugin }, SERVER);
    });
  }

  async #make(name: string, facts: Partial<KnownRoom>, by: Account): Promise<KnownRoom | Refusal> {
    const { directory, log, options } = this.#context;
    const refusal = this.#nameRefusal(name);
    if (refusal !== undefined) return refusal;
    if (directory.count >= options.maxRooms) {
      return limit(this.#context, 'rooms', 'rooms-full', 'This server has as many rooms as it may have.');
    }
    const room = await log.createRoom(name, { ...this.defaults, ...facts });
    const known = room && directory.put(room);
    if (known === undefined) return taken(name);
    await tell(this.#context, known.id, by, { change: 'created' });
    return known;
  }

  /** The settings of a new room. */
  get defaults(): RoomSettings {
    return { topic: '', access: this.#context.options.access, posting: 'members', slow: 0, archived: false };
  }

  /** @param except the room that is being renamed */
  #nameRefusal(name: string, except?: KnownRoom): Refusal | undefined {
    const { directory, options, server } = this.#context;
    const problem = nameProblem(name, options.nameLength);
    if (problem !== undefined) {
      if ([...name].length > options.nameLength) server.countLimitHit('room-name');
      return nameRefused(problem);
    }
    return directory.lookalike(name, except) && taken(name);
  }

  /** Changes settings of a room, and tells its members. @returns the room as it is now; undefined if it is gone */
  set(id: number, settings: Partial<RoomSettings>, by: Account): Promise<KnownRoom | undefined> {
    const { queue, directory, slowMode } = this.#context;
    return queue.run(id, async () => {
      const before = directory.get(id);
      const after = before && (await writeFacts(this.#context, id, settings));
      if (before === undefined || after === undefined) return undefined;
      for (const change of changesBetween(before, after)) await tell(this.#context, id, by, change);
      if (after.slow === 0) slowMode.drop(id);
      return after;
    });
  }

  /** Renames a room. */
  rename(room: KnownRoom, name: string, by: Account): Promise<KnownRoom | Refusal> {
    const { queue, directory, log, clock } = this.#context;
    return queue.run(NAMES, async () => {
      if (directory.get(room.id)?.name === name) return room;
      const refusal = this.#nameRefusal(name, room);
      if (refusal !== undefined) return refusal;
      const renamed = await log.renameRoom(room.id, name, clock.now());
      const known = renamed && directory.put(renamed);
      if (known === undefined) return taken(name);
      await tell(this.#context, room.id, by, { change: 'renamed', before: room.name, name });
      return known;
    });
  }

  /** Deletes a room. */
  remove(id: number, by: Account): Promise<void> {
    return this.#context.queue.run(id, () => this.removeNow(id, by));
  }

  /** Deletes a room, within `queue`. If it is interrupted, the next start finishes it. */
  async removeNow(id: number, by: Account): Promise<void> {
    const { directory, log, bans, mutes, invitations, slowMode } = this.#context;
    if (directory.get(id) === undefined) return;
    await writeFacts(this.#context, id, { deleted: true });
    await tell(this.#context, id, by, { change: 'deleted' });
    await log.removeRoom(id);
    slowMode.drop(id);
    for (const blocks of [bans, mutes, invitations]) await blocks.removeRoom(id);
  }
}

function changesBetween(before: RoomSettings, after: RoomSettings): RoomChange[] {
  const { topic, access, posting, slow, archived } = after;
  const changes: RoomChange[] = [];
  if (topic !== before.topic) changes.push({ change: 'topic', topic });
  if (access !== before.access) changes.push({ change: 'access', access });
  if (posting !== before.posting) changes.push({ change: 'posting', posting });
  if (slow !== before.slow) changes.push({ change: 'slow', slow });
  if (archived !== before.archived) changes.push({ change: 'archived', archived });
  return changes;
}
