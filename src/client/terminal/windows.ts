import { EVERYONE } from '../../api/entry.ts';
import type { KnownRoom, Received } from '../owner.ts';
import type { Addressee } from './addressee.ts';
import { Window } from './window.ts';

const byName = new Intl.Collator(undefined, { numeric: true });

/** The windows of a terminal: one for everyone, and one for each room and conversation. One of them is shown. */
export class Windows {
  readonly everyone = new Window('everyone', EVERYONE);
  #all: Window[] = [this.everyone];
  #current: Window = this.everyone;
  #before: Window = this.everyone;
  #isSettled = false;

  constructor() {
    this.everyone.isShown = true;
  }

  /** In the order of their numbers, from 1. */
  get all(): readonly Window[] {
    return this.#all;
  }

  get current(): Window {
    return this.#current;
  }

  /** Shows a window. */
  show(window: Window): void {
    if (window === this.#current) return;
    this.#before = this.#current;
    this.#enter(window);
  }

  /** The window of a room or of users, which is opened if there is none. */
  to(to: Addressee, room?: number): Window {
    const known = this.byRoom(room) ?? this.#all.find((window) => window.isFor(to));
    if (known !== undefined) {
      known.room ??= room;
      return known;
    }
    return this.#opened(new Window(to, room));
  }

  byRoom(room: number | undefined): Window | undefined {
    return room === undefined ? undefined : this.#all.find((window) => window.room === room);
  }

  /** The window of a message. That of a conversation not listed yet is the sender's, until it is. */
  of({ audience, room, roomName, from }: Pick<Received, 'audience' | 'room' | 'roomName' | 'from'>): Window {
    if (audience === 'everyone') return this.everyone;
    if (roomName !== undefined) return this.to([roomName], room);
    const known = this.byRoom(room) ?? this.#all.find((window) => window.room === undefined && window.isFor([from]));
    if (known === undefined) return this.#opened(new Window([from], room));
    known.room ??= room;
    return known;
  }

  /** A room was listed: it gets a window if it is a named one, or has unread messages. */
  listed({ id, kind, name, members = [], unread }: KnownRoom): void {
    const to = kind === 'everyone' ? kind : name === undefined ? members : [name];
    const window = this.byRoom(id);
    if (window === undefined) {
      if (kind === 'room' || unread > 0) this.to(to, id);
      return;
    }
    // A room may be renamed, and a conversation may have more members than its sender.
    window.to = to;
    const double = this.#all.find((other) => other !== window && other.isFor(to));
    if (double === undefined) return;
    window.merge(double);
    this.close(double, window);
  }

  /**
   * All rooms were listed for the first time: from now on, numbers stay. Rooms come first, by name, so that they have the
   * same numbers the next time.
   */
  settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const isRoom = ({ to }: Window) => to !== 'everyone' && to[0]?.startsWith('#') === true;
    const rooms = this.#all.filter(isRoom).sort((a, b) => byName.compare(a.title, b.title));
    const others = this.#all.filter((window) => window !== this.everyone && !isRoom(window));
    this.#all = [this.everyone, ...rooms, ...others];
  }

  /** Closes a window. The one shown before it, or another one, is shown instead. */
  close(window: Window, instead: Window = this.#before): void {
    if (window === this.everyone) return;
    this.#all = this.#all.filter((other) => other !== window);
    const next = this.#all.includes(instead) ? instead : this.everyone;
    if (this.#before === window) this.#before = next;
    if (this.#current === window) this.#enter(next);
  }

  /** The window by so many places after the shown one, in a circle. */
  beside(step: number): Window {
    const { length } = this.#all;
    return this.#all[(this.#all.indexOf(this.#current) + step + length) % length] ?? this.#current;
  }

  #enter(window: Window): void {
    this.#current.hide();
    this.#current = window;
    window.isShown = true;
  }

  #opened(window: Window): Window {
    this.#all.push(window);
    return window;
  }
}
