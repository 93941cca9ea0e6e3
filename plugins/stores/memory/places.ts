import type { Cursor, CursorMove, Device } from 'chatserv';
import { type KeptRoom, setSpans } from './rooms.ts';

interface KeptDevice {
  id: number;
  handed: number;
  seen: number;
}

/** An account's state in the log. */
export interface Place {
  name: string;
  /** The log's end when the account was created. */
  readonly since: number;
  readonly devices: Map<string, KeptDevice>;
  /** The number up to which it has read, by room. */
  readonly markers: Map<number, number>;
  /** The named rooms and conversations it is or was in, by id. */
  readonly rooms: Map<number, KeptRoom>;
  /** The members of conversations in which it has posted. */
  readonly contacts: Set<number>;
}

/** The accounts' places in the log, with their devices. */
export class Places {
  readonly #places = new Map<number, Place>();

  add(account: number, name: string, since: number): Place {
    const place: Place = {
      name,
      since,
      devices: new Map([['', { id: since, handed: since, seen: 0 }]]),
      markers: new Map(),
      rooms: new Map(),
      contacts: new Set(),
    };
    this.#places.set(account, place);
    return place;
  }

  get(account: number): Place | undefined {
    return this.#places.get(account);
  }

  rename(account: number, name: string): void {
    const place = this.#places.get(account);
    if (place !== undefined) place.name = name;
  }

  remove(account: number): void {
    const place = this.#places.get(account);
    for (const room of place?.rooms.values() ?? []) setSpans(room, account, []);
    this.#places.delete(account);
  }

  enter(account: number, name: string, now: number, most: number): Cursor {
    const place = this.#places.get(account);
    if (place === undefined) return { id: 0, handed: 0 };
    const { devices } = place;
    const device = devices.get(name) ?? { id: furthestOf(place), handed: furthestOf(place), seen: 0 };
    device.seen = Math.max(device.seen, now);
    devices.set(name, device);
    // A default device that was never used keeps no messages.
    if (name !== '' && devices.get('')?.seen === 0) devices.delete('');
    while (devices.size > Math.max(most, 1)) devices.delete(longestUnseen(devices, name));
    return { id: device.id, handed: device.handed };
  }

  devices(account: number): Device[] {
    return [...(this.#places.get(account)?.devices ?? [])].map(([name, device]) => ({ name, ...device }));
  }

  move({ account, device: name, id, handed }: CursorMove, now: number): void {
    const device = this.#places.get(account)?.devices.get(name);
    if (device === undefined) return;
    device.id = Math.max(device.id, id);
    device.handed = Math.max(device.handed, handed, device.id);
    device.seen = Math.max(device.seen, now);
  }

  /** Drops devices last seen before a time, except each account's last seen one. */
  expire(since: number): void {
    for (const { devices } of this.#places.values()) {
      if (devices.size === 1) continue;
      const latest = Math.max(...[...devices.values()].map(({ seen }) => seen));
      for (const [name, { seen }] of devices) if (seen < since && seen < latest) devices.delete(name);
    }
  }

  /** Whether a device of the account has yet to read the entry with this id. */
  lacks(account: number, id: number): boolean {
    const place = this.#places.get(account);
    return place !== undefined && place.since < id && slowestOf(place) < id;
  }

  /** The two accounts whose devices are furthest behind. Two, because one may be the sender. */
  furthestBehind(): readonly [Behind, Behind] {
    let first: Behind = { account: 0, cursor: Number.POSITIVE_INFINITY };
    let second = first;
    for (const [account, place] of this.#places) {
      const cursor = slowestOf(place);
      if (cursor >= second.cursor) continue;
      second = { account, cursor };
      if (cursor < first.cursor) [first, second] = [second, first];
    }
    return [first, second];
  }
}

/** An account, and the cursor of its slowest device. */
export interface Behind {
  readonly account: number;
  readonly cursor: number;
}

function furthestOf({ since, devices }: Place): number {
  let furthest = since;
  for (const { id } of devices.values()) furthest = Math.max(furthest, id);
  return furthest;
}

/** Infinity for an account without devices. */
function slowestOf({ devices }: Place): number {
  let slowest = Number.POSITIVE_INFINITY;
  for (const { id } of devices.values()) slowest = Math.min(slowest, id);
  return slowest;
}

/** @param but a device to keep */
function longestUnseen(devices: ReadonlyMap<string, KeptDevice>, but: string): string {
  let found = but;
  let least = Number.POSITIVE_INFINITY;
  for (const [name, { seen }] of devices) {
    if (name === but || seen >= least) continue;
    found = name;
    least = seen;
  }
  return found;
}

/** Moves the marker of an account in a room, forward only. */
export function moveMarker({ markers }: Place, room: number, seq: number): void {
  markers.set(room, Math.max(markers.get(room) ?? 0, seq));
}
