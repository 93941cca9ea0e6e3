import { connect, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { PASSWORD } from '../support/program.ts';
import { between, type Place } from './visitor.ts';

/** How long one visit lasts, in milliseconds. */
const VISIT = { least: 20, most: 1_500 };

/** What a malicious or careless client sends. */
const ABUSES: readonly ((socket: Socket, user: string) => void)[] = [
  () => {},
  (socket) => socket.write('half a na'),
  (socket, user) => socket.write(`${user}\nwrong\n`),
  (socket) => socket.write('nobody-knows-me\nn\n'),
  (socket) => socket.write(Buffer.alloc(100_000, 0xff)),
  (socket) => socket.write(`${'x'.repeat(200_000)}\n`),
  (socket) => socket.write('{"type":"login"}\n{"type":"dance"}\n[[[[[\n'),
  (socket, user) => socket.write(`${user}\n${PASSWORD}\n${'nonsense\n'.repeat(200)}`),
  (socket, user) => socket.write(`${user}\n${PASSWORD}\n${'\x1b[2J\0\n'.repeat(1000)}`),
  (socket, user) => socket.write(`${user}\n${PASSWORD}\nmessage ${user} `),
  // Asks for much and reads nothing.
  (socket, user) => socket.pause().write(`${user}\n${PASSWORD}\n${'help\n'.repeat(250)}`),
];

/** Connects, abuses the connection and drops it, again and again until the signal. @returns how many times */
export async function abuse(user: string, place: Place, stop: AbortSignal): Promise<number> {
  let visits = 0;
  for (; !stop.aborted; visits++) {
    const socket = connect(place.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    socket.once('close', () => resolve());
    ABUSES[Math.floor(Math.random() * ABUSES.length)]?.(socket, user);
    await after(between(VISIT));
    if (Math.random() < 0.4) socket.resetAndDestroy();
    else socket.destroy();
    await closed;
  }
  return visits;
}
