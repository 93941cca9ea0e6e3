import type { Account, Refusal, RoomChange, RoomSettings } from 'chatserv';
import { hasOwner, isAdmin } from './access.ts';
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

  /** Creates a room, whose creator becomes its first member. */
  create(
    name: string,
    creator: Account,
    settings: Partial<RoomSettings>,
    role: 'owner' | 'moderator',
  ): Promise<KnownRoom | Refusal> {
    const { queue, directory, log, clock, options } = this.#context;
    return queue.run(NAMES, async () => {
      const same = directory.find(name);
      // A creation that was interrupted before its creator had joined is taken up again.
      const isUnfinished = same?.creator === creator.id && same.size === 0;
      if (!isUnfinished && directory.createdBy(creator.id) >= options.maxCreated) {
        if (!(await isAdmin(this.#context, creator))) {
          return limit(this.#context, 'rooms-created', 'too-many-rooms', 'You cannot create any more rooms.');
        }
      }
      const about = { ...settings, creator: creator.id, owners: role === 'owner' ? [creator.id] : [] };
      const room = isUnfinished ? same : await this.#make(name, about, creator);
      if ('kind' in room) return room;
      await log.join(room.id, creator.id, role, clock.now());
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
    const room = await log.createRoom(name, this.factsOfNew(facts, by));
    const known = room && directory.put(room);
    if (known === undefined) return taken(name);
    await tell(this.#context, known.id, by, { change: 'created' });
    return known;
  }

  /** The facts of a new room. @param facts those that are not the usual ones @param by who sets the topic */
  factsOfNew(facts: Partial<KnownRoom>, { id }: Account): Partial<KnownRoom> {
    const { clock, options } = this.#context;
    const created = clock.now();
    const settings: RoomSettings = {
      topic: '',
      access: options.access,
      posting: 'members',
      topics: 'moderators',
      slow: 0,
      key: '',
      limit: 0,
      archived: false,
    };
    return { ...settings, created, ...facts, ...(facts.topic && { topicBy: id, topicTime: created }) };
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
    const { queue, directory, slowMode, clock } = this.#context;
    return queue.run(id, async () => {
      const before = directory.get(id);
      const isNewTopic = settings.topic !== undefined && settings.topic !== before?.topic;
      const facts = { ...settings, ...(isNewTopic && { topicBy: by.id, topicTime: clock.now() }) };
      const after = before && (await writeFacts(this.#context, id, facts));
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

  /** Deletes a room that has lost its last member, unless it has an owner who is none. */
  removeEmpty(room: KnownRoom): Promise<void> {
    return this.#context.queue.run(room.id, async () => {
      if ((await this.#context.log.room(room.id))?.size !== 0 || (await hasOwner(this.#context, room))) return;
      await this.removeNow(room.id, SERVER);
    });
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
  const { topic, access, posting, topics, slow, key, limit, archived } = after;
  const changes: RoomChange[] = [];
  if (topic !== before.topic) changes.push({ change: 'topic', topic });
  if (access !== before.access) changes.push({ change: 'access', access });
  if (posting !== before.posting) changes.push({ change: 'posting', posting });
  if (topics !== before.topics) changes.push({ change: 'topics', topics });
  if (slow !== before.slow) changes.push({ change: 'slow', slow });
  if (key !== before.key) changes.push({ change: 'key', set: key !== '' });
  if (limit !== before.limit) changes.push({ change: 'limit', limit });
  if (archived !== before.archived) changes.push({ change: 'archived', archived });
  return changes;
}
