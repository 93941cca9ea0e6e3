import { chmod, lstat, rm } from 'node:fs/promises';
import { connect, type ListenOptions, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from './folder.ts';
import { isHandedOver } from './handed-over.ts';
import { type Listener, type ListenerContext, listener } from './listener.ts';

/** The longest path of a socket in bytes (unix(7), without its NUL); on other systems it is a few bytes less. */
const LONGEST = 107;

/** Where a plugin listens on a Unix socket. */
export interface UnixPlace {
  /** The socket's absolute path; a missing folder is made for the server's user only. */
  readonly file: string;
  /** The socket's mode as in chmod: users with write permission can connect. */
  readonly mode: number;
  /** Whether its connections may use the reserved open files, because it serves operators. */
  readonly reserved?: boolean;
}

/**
 * Makes a plugin listen on a Unix socket, which stays open over a reload that does not change its path. A socket left behind
 * by a server that was killed is removed. One that a service manager handed over under the plugin's name is used instead.
 * @param name the plugin's name
 * @param accept called with each connection, half-open when the client ends its side
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
        `the socket path ${file} is ${length} bytes long, and the limit is ${LONGEST}: set the option socket to a shorter one`,
      );
    }
    makeFolder(dirname(file));
    try {
      await create(begin);
    } catch (cause) {
      if (((cause as Error).cause as NodeJS.ErrnoException | undefined)?.code !== 'EADDRINUSE') throw cause;
      if (await isAnswered(file)) {
        throw new Error(`another server is listening at ${file}: stop it, or set the option socket to another path`);
      }
      await removeSocket(file);
      await create(begin);
    }
  }

  async function create(begin: (where: ListenOptions) => Promise<unknown>): Promise<void> {
    // The call creates the socket, which must not be open to others even for a moment.
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

/** Removes a socket left behind by a server that was killed. @throws when the file is something else */
async function removeSocket(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket()) throw new Error(`${file} exists and is not a socket: set the option socket to another path`);
  await rm(file);
}

/** Whether a server listens there, even one that is too busy to accept another connection. */
async function isAnswered(file: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const failed = ({ code }: NodeJS.ErrnoException) => resolve(code === 'EAGAIN');
  const socket = connect(file, () => resolve(true)).on('error', failed);
  const answered = await promise;
  socket.destroy();
  return answered;
}
