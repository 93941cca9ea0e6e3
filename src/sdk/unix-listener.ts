import { chmod, lstat, rm } from 'node:fs/promises';
import { connect, type ListenOptions, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from './folder.ts';
import { isHandedOver } from './handed-over.ts';
import { type Listener, type ListenerContext, listener } from './listener.ts';

/** How long the path of a socket may be, in bytes (unix(7), without its zero); other systems take a few less. */
const LONGEST = 107;

/** Where a plugin listens on a Unix socket. */
export interface UnixPlace {
  /** The socket's absolute path; its folder is made for the server's user only, when it is missing. */
  readonly file: string;
  /** Who may connect, as in chmod: whoever may write to it. */
  readonly mode: number;
  /** Whether its connections may have the open files that are kept free of other connections: it serves operators. */
  readonly reserved?: boolean;
}

/**
 * Has a plugin listen on a Unix socket, that stays open over a reload that leaves its path alone. What a server that was
 * killed has left behind is removed. A socket that a service manager handed over under the plugin's name is taken instead.
 * @param name the plugin's
 * @param accept is given each connection, half-open when the client ends its side
 */
export function unixListener(
  context: ListenerContext,
  name: string,
  { file, mode, reserved }: UnixPlace,
  accept: (socket: Socket) => void,
): Listener {
  const open = listener(context, { name, place: file, open: listenThere, reserved }, accept);

  async function listenThere(begin: (where: ListenOptions) => Promise<unknown>): Promise<void> {
    const length = Buffer.byteLength(file);
    if (length > LONGEST) {
      throw new Error(
        `the path ${file} is ${length} bytes long, and that of a socket may be ${LONGEST}: set the option socket to a shorter one`,
      );
    }
    makeFolder(dirname(file));
    if (await isAnswered(file)) {
      throw new Error(`another server answers at ${file}: end that one, or set the option socket to another place`);
    }
    await removeSocket(file);
    // It is made within the call: nobody else may write to it, not for a moment.
    const mask = process.umask(0o777 & ~mode);
    const listening = begin({ path: file });
    process.umask(mask);
    await listening;
  }

  return {
    async start() {
      await open.start();
      // A reload may have changed the mode.
      if (!isHandedOver(name)) await chmod(file, mode);
    },
    stop: open.stop,
  };
}

/** Removes what a server that was killed has left behind. @throws when it is something else */
async function removeSocket(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket()) throw new Error(`${file} is there and no socket: set the option socket to another place`);
  await rm(file);
}

/** Whether a server has it, also one that is too busy to take another connection. */
async function isAnswered(file: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const failed = ({ code }: NodeJS.ErrnoException) => resolve(code === 'EAGAIN');
  const socket = connect(file, () => resolve(true)).on('error', failed);
  const answered = await promise;
  socket.destroy();
  return answered;
}
