import { createServer, type ListenOptions, type Socket } from 'node:net';
import type { Contributions, SetupContext } from '../host/define.ts';
import type { Server } from '../host/server.ts';
import { isHandedOver } from './handed-over.ts';
import { listen, placeOf } from './listen.ts';

/** The parts of a set-up's context that a listener needs. */
export interface ListenerContext extends Pick<SetupContext<unknown>, 'clock' | 'hotState' | 'logger'> {
  readonly server: Pick<Server, 'listens' | 'countLimitHit'>;
}

/** What a plugin's set-up returns for its listener. */
export type Listener = Required<Pick<Contributions<{}>, 'start' | 'stop'>>;

/** Where a plugin listens, and how. */
interface ListenerSpec {
  /** The plugin's name. */
  readonly name: string;
  /** Identifies where it listens: a reload that does not change it leaves the listener open. */
  readonly place: string;
  /** Calls `begin` with the place from the options, and resolves when it listens. */
  open(begin: (where: ListenOptions) => Promise<unknown>): Promise<unknown>;
  /** As for `listen`. */
  readonly reserved?: boolean | undefined;
}

/**
 * A listener that stays open over a reload, and over a restart if a service manager holds the socket: one that was handed
 * over under the plugin's name is used instead of the options.
 */
export function listener(
  { hotState, logger, server }: ListenerContext,
  { name, place, open, reserved = false }: ListenerSpec,
  accept: (socket: Socket) => void,
): Listener {
  const inherits = isHandedOver(name);
  const { listening, live } = hotState(
    inherits ? 'handed over' : place,
    () => {
      const live = { accept };
      // Half-open: a client that ends its side after sending ahead still reads the answers.
      const listening = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        if (!socket.destroyed) live.accept(socket);
      });
      return { listening, live };
    },
    ({ listening }) => void listening.close(),
  );
  const limit = { reserved, refused: () => server.countLimitHit('open-files') };
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
