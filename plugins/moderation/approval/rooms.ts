import {
  type Account,
  type Entry,
  type KindSpec,
  type MessageLog,
  nameKey,
  type Room,
  type Rooms,
  type Server,
  z,
} from 'chatserv';

/** The fact of a room in which messages are held; and the kind of the entry that tells its members. */
const APPROVAL = 'approval';

/** How many rooms are read at a time. */
const PAGE = 500;

const schema = z.strictObject({ approval: z.boolean() });

/** Approval was turned on or off in a room. */
export const approvalKind: KindSpec = {
  name: APPROVAL,
  version: 1,
  schema,
  counts: false,
  line({ body, room, roomName = String(room), from }) {
    const { approval } = schema.parse(JSON.parse(body));
    const what = approval ? `${from} turned approval on: moderators see messages first` : `${from} turned approval off`;
    return `#${roomName} *server*: ${what}`;
  },
};

/** The rooms in which messages are held, in memory: every message to a room looks here. Follows the log. */
export class ApprovalRooms {
  readonly #server: Server;
  readonly #log: MessageLog;
  readonly #rooms: Rooms;
  /** The keys of the names of rooms in which the config turns approval on. */
  readonly #declared: ReadonlySet<string>;
  readonly #on = new Set<number>();
  isLoaded = false;

  /** @param declared the names of rooms in which approval is always on */
  constructor(server: Server, log: MessageLog, rooms: Rooms, declared: readonly string[]) {
    this.#server = server;
    this.#log = log;
    this.#rooms = rooms;
    this.#declared = new Set(declared.map((name) => nameKey(name.replace(/^#/, ''))));
  }

  /** Whether messages to a room are held. */
  has(room: number): boolean {
    return this.#on.has(room);
  }

  /** Whether the config turns approval on in a room, so that its owners cannot turn it off. */
  isDeclared({ name }: Pick<Room, 'name'>): boolean {
    return this.#declared.has(nameKey(name));
  }

  /** Turns approval on or off, and tells the room's members. @returns whether the room exists */
  async set(room: number, isOn: boolean, by: Account, device: string): Promise<boolean> {
    if (isOn === this.has(room)) return true;
    if (!(await this.#rooms.setFact(room, APPROVAL, isOn || undefined))) return false;
    this.#note(room, isOn);
    await this.#server.append({ kind: APPROVAL, from: by, to: { room }, data: { approval: isOn }, device });
    return true;
  }

  /** Reads the rooms, once. @throws when they cannot be read */
  async load(): Promise<void> {
    if (this.isLoaded) return;
    let page: readonly Room[];
    let after = 0;
    do {
      page = await this.#log.rooms(after, PAGE);
      for (const room of page) this.#note(room.id, room.facts[APPROVAL] === true || this.isDeclared(room));
      after = page.at(-1)?.id ?? after;
    } while (page.length === PAGE);
    this.isLoaded = true;
  }

  /** Applies an entry of the log, which may be from another process. */
  note({ kind, room, roomName: name = '', body }: Entry): void {
    if (kind === APPROVAL) this.#note(room, schema.safeParse(JSON.parse(body)).data?.approval ?? true);
    else if (kind === 'room' && this.isDeclared({ name })) this.#note(room, true);
  }

  #note(room: number, isOn: boolean): void {
    if (isOn) this.#on.add(room);
    else this.#on.delete(room);
  }
}
