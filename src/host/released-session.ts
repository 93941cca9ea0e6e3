/** Gives sessions and their feeds the members that they had in the last release, for one more release. */
import type { Codec } from '../api/codec.ts';
import { ClientSession } from '../kernel/client-session.ts';
import { SessionFeed } from '../messages/session-feed.ts';

/** When sessions were accepted, if a plugin has asked. */
const acceptedAt = new WeakMap<ClientSession, number>();

/** The time of day so many milliseconds ago, in milliseconds since 1970. */
function ago({ context }: ClientSession, milliseconds: number): number {
  return Math.round(context.environment.clock.now() - milliseconds);
}

Object.defineProperties(ClientSession.prototype, {
  /** @deprecated `codec` */
  dialect: {
    get(this: ClientSession): Codec {
      return this.codec;
    },
  },
  /** When the connection was accepted, in milliseconds since 1970. @deprecated `age` */
  connectedAt: {
    get(this: ClientSession): number {
      const time = acceptedAt.get(this) ?? ago(this, this.age);
      acceptedAt.set(this, time);
      return time;
    },
  },
  /** When the client last sent a whole line, in milliseconds since 1970. @deprecated `silence` */
  lastHeard: {
    get(this: ClientSession): number {
      return ago(this, this.silence);
    },
  },
  /** @deprecated `login.device` */
  device: {
    get(this: ClientSession): string {
      return this.login.device;
    },
  },
  /** @deprecated `login.epoch` */
  epoch: {
    get(this: ClientSession): number | undefined {
      return this.login.epoch;
    },
  },
  /** @deprecated `login.provider` */
  provider: {
    get(this: ClientSession): string {
      return this.login.provider;
    },
  },
  /** @deprecated `onClosed` */
  whenGone: { value: ClientSession.prototype.onClosed },
  /** @deprecated `preset` */
  prepared: { value: ClientSession.prototype.preset },
  /** @deprecated `send` */
  say: { value: ClientSession.prototype.send },
});

/** @deprecated `catchUp` */
Object.defineProperty(SessionFeed.prototype, 'readOn', { value: SessionFeed.prototype.catchUp });
