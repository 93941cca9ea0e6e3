import type { Socket } from 'node:net';
import { messageOf } from '../host/thrown.ts';
import { groupMember } from './group-member.ts';
import type { Listener, ListenerContext } from './listener.ts';
import { unixListener } from './unix-listener.ts';

/** How long a request may be, in bytes. */
const MAX_REQUEST = 65_536;

/** How long a client may take to send its request, in milliseconds. */
const REQUEST_TIME = 10_000;

/**
 * Makes a plugin answer requests of the command line on a Unix socket for the server's user only: one request a connection,
 * as a line of JSON such as `{"request":"facts"}`, is answered by `{"result":...}` or `{"errors":[...]}`. With
 * `chatserv --processes` the supervisor listens there, and asks each process.
 * @param file the socket's absolute path
 * @param answer returns the result; the lines of what it throws are the errors
 */
export function controlListener(
  context: ListenerContext,
  file: string,
  answer: (request: string) => Promise<unknown>,
): Listener {
  const group = groupMember;
  if (group === undefined) {
    return unixListener(
      context,
      'control',
      { file, mode: 0o600, reserved: true },
      (socket) => void serve(socket, answer),
    );
  }
  return {
    start() {
      group.control = file;
      group.handle('control', (request) => answer(String(request)));
    },
    stop() {
      group.control = undefined;
    },
  };
}

async function serve(socket: Socket, answer: (request: string) => Promise<unknown>): Promise<void> {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(REQUEST_TIME, () => socket.destroy());
  const line = await requestOf(socket);
  if (line === undefined) {
    socket.destroy();
    return;
  }
  // An answer may take as long as a reload.
  socket.setTimeout(0);
  socket.end(`${JSON.stringify(await answerTo(line, answer))}\n`, () => socket.destroy());
}

async function answerTo(line: string, answer: (request: string) => Promise<unknown>): Promise<object> {
  try {
    const { request } = JSON.parse(line) as { readonly request?: unknown };
    return { result: await answer(String(request)) };
  } catch (cause) {
    return { errors: messageOf(cause).split('\n') };
  }
}

/** The line that a client sends; undefined if it sends none in time, or one that is too long. */
async function requestOf(socket: Socket): Promise<string | undefined> {
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      received = Buffer.concat([received, chunk as Buffer]);
      const end = received.indexOf('\n');
      if (end >= 0) return received.toString('utf8', 0, end);
      if (received.length > MAX_REQUEST) return undefined;
    }
  } catch {
    return undefined;
  }
  return received.length > 0 ? received.toString() : undefined;
}
