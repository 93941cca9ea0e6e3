import { type Account, nameKey, type RoomSettings } from 'chatserv';
import { declarationOf, type RoomContext, SERVER, tell, writeFacts } from './context.ts';
import { DECLARABLE, type KnownRoom } from './facts.ts';
import type { Members } from './members.ts';
import { bare } from './names.ts';
import type { DeclaredRoom } from './options.ts';
import type { Settings } from './settings.ts';

/** The rooms that the config declares: they exist, have the declared settings and owners, and let new accounts in. */
export class Declared {
  readonly #context: RoomContext;
  readonly #settings: Settings;
  readonly #members: Members;

  constructor(context: RoomContext, settings: Settings, members: Members) {
    this.#context = context;
    this.#settings = settings;
    this.#members = members;
  }

  /** Brings the rooms in step with the config. */
  async apply(): Promise<void> {
    for (const [name, declaration] of Object.entries(this.#context.options.declared)) {
      const room = this.#context.directory.find(bare(name)) ?? (await this.#create(bare(name), declaration));
      if (room === undefined) continue;
      await this.#settings.set(room.id, { ...settingsIn(declaration), archived: false }, SERVER);
      await this.#noteJoin(room, declaration);
      for (const owner of declaration.owners) await this.#appoint(room, owner);
    }
  }

  async #create(name: string, declaration: DeclaredRoom): Promise<KnownRoom | undefined> {
    const { log, directory } = this.#context;
    const room = await log.createRoom(name, this.#settings.factsOfNew(settingsIn(declaration), SERVER));
    const known = room && directory.put(room);
    if (known !== undefined) await tell(this.#context, known.id, SERVER, { change: 'created' });
    return known;
  }

  /** Notes since when new accounts join. */
  async #noteJoin({ id, joinSince }: KnownRoom, { join }: DeclaredRoom): Promise<void> {
    if (join === (joinSince !== undefined)) return;
    await writeFacts(this.#context, id, { joinSince: join ? this.#context.clock.now() : undefined });
  }

  /** Makes a user an owner, who may not have registered yet. */
  async #appoint(room: KnownRoom, owner: string): Promise<void> {
    const account = await this.#context.accounts.find(owner);
    if (account === undefined) return;
    await this.#members.add(room, account, 'owner');
    await this.#members.setRole(room, account, 'owner', SERVER);
  }

  /** A new account: it joins the rooms that are meant for it, and owns those that are declared as its own. */
  async registered(account: Account): Promise<void> {
    for (const room of this.#rooms()) {
      const { join = false, owners = [] } = declarationOf(this.#context, room) ?? {};
      const isOwner = owners.some((owner) => nameKey(owner) === nameKey(account.name));
      if (isOwner) await this.#appoint(room, account.name);
      else if (join) await this.#members.add(room, account, 'member');
    }
  }

  /** A login: an account that another process registered joins too, unless it was in the room before. */
  async loggedIn(account: Account): Promise<void> {
    for (const room of this.#rooms()) {
      if (room.joinSince === undefined || (await this.#context.memberships.has(room.id, account.id))) continue;
      const { created = 0, seen = 0 } = (await this.#context.accounts.get(account.id)) ?? {};
      if (created < room.joinSince && seen > 0) continue;
      const spans = await this.#context.log.spans(account.id, room.id);
      if (spans.length === 0) await this.#members.add(room, account, 'member');
    }
  }

  *#rooms(): Iterable<KnownRoom> {
    for (const name of Object.keys(this.#context.options.declared)) {
      const room = this.#context.directory.find(bare(name));
      if (room !== undefined) yield room;
    }
  }
}

/** The settings that a declaration gives. */
function settingsIn(declaration: DeclaredRoom): Partial<RoomSettings> {
  const given = DECLARABLE.flatMap((name) => (declaration[name] === undefined ? [] : [[name, declaration[name]]]));
  return Object.fromEntries(given);
}
