import { createServer, type ListenOptions, type Socket } from 'node:net';
import type { Contributions, SetupContext } from '../host/define.ts';
import { isHandedOver } from './handed-over.ts';
import { listen, placeOf } from './listen.ts';

/** What a listener needs of a plugin's set-up. */
export type ListenerContext = Pick<SetupContext<unknown>, 'clock' | 'keep' | 'logger' | 'server'>;

/** What a plugin's set-up gives back for its listener. */
export type Listener = Required<Pick<Contributions<{}>, 'start' | 'stop'>>;

/** Where a plugin listens, and how. */
interface ListenerSpec {
  /** The plugin's. */
  readonly name: string;
  /** Names where it listens: while that stays the same, a reload leaves it open. */
  readonly place: string;
  /** Has it listen where the options say, by the call that it is given, and resolves when it does. */
  open(begin: (where: ListenOptions) => Promise<unknown>): Promise<unknown>;
  /** As for `listen`. */
  readonly reserved?: boolean | undefined;
}

/**
 * A listener that stays open over a reload, and over a restart where a service manager holds the socket: one that was
 * handed over under the plugin's name is taken in place of what the options say.
 */
export function listener(
  { keep, logger, server }: ListenerContext,
  { name, place, open, reserved = false }: ListenerSpec,
  accept: (socket: Socket) => void,
): Listener {
  const inherits = isHandedOver(name);
  const { listening, live } = keep(
    inherits ? 'handed over' : place,
    () => {
      const live = { accept };
      // Half-open: who ends its side after sending ahead still reads the answers.
      const listening = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        if (!socket.destroyed) live.accept(socket);
      });
      return { listening, live };
    },
    ({ listening }) => void listening.close(),
  );
  const limit = { reserved, refused: () => server.limitMet('open-files') };
  return {
    async start() {
      live.accept = accept;
      if (listening.listening) return;
      if (inherits) await listen(listening, {}, logger, name, limit);
      else await open((where) => listen(listening, where, logger, undefined, limit));
      server.listens(name, placeOf(listening));
    },
    stop() {
      listening.close();
    },
  };
}
