import { createServer, type Server, type Socket } from 'node:net';
import type { Contributions, SetupContext } from '../plugin/define.ts';
import { isHandedOver } from './handed-over.ts';
import { listen, placeOf } from './listen.ts';

/** What a listener needs of a plugin's set-up. */
export type ListenerContext = Pick<SetupContext<unknown>, 'clock' | 'keep' | 'logger' | 'server'>;

/** What a plugin's set-up gives back for its listener. */
export type Listener = Required<Pick<Contributions<{}>, 'start' | 'stop'>>;

/**
 * A listener that stays open over a reload, and over a restart where a service manager holds the socket: one that was
 * handed over under the plugin's name is taken in place of what the options say.
 * @param name the plugin's
 * @param place names where it listens: while that stays the same, a reload leaves it open
 * @param open has it listen where the options say, and resolves when it does
 */
export function listener(
  { keep, logger, server }: ListenerContext,
  name: string,
  place: string,
  open: (listener: Server) => Promise<unknown>,
  accept: (socket: Socket) => void,
): Listener {
  const inherits = isHandedOver(name);
  const kept = keep(
    inherits ? 'handed over' : place,
    // Half-open: who ends its side after sending ahead still reads the answers.
    () => createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }),
    (kept) => void kept.close(),
  );
  return {
    async start() {
      kept.removeAllListeners('connection').on('connection', accept);
      if (kept.listening) return;
      if (inherits) await listen(kept, {}, logger, name);
      else await open(kept);
      server.listens(name, placeOf(kept));
    },
    stop() {
      kept.close();
    },
  };
}
