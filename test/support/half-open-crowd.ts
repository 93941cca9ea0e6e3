/**
 * Connects COUNT times to a port of this machine and never logs in: `node half-open-crowd.ts PORT COUNT`. Once all have
 * connected, a hundred times a second one of the connections breaks off and another comes. The process ends after five
 * minutes at the latest.
 */
import { connect, type Socket } from 'node:net';

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const BEGINNINGS = ['', 'u', 'nobody\n', 'u1'];
/** Opened every 20 ms: fast, without filling the system's queue of connections on a busy machine. */
const AT_ONCE = 50;
const crowd: Socket[] = [];

function open(i: number): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(BEGINNINGS[i % BEGINNINGS.length] ?? '');
  crowd[i] = socket;
}

const growing = setInterval(() => {
  for (let i = 0; i < AT_ONCE && crowd.length < count; i++) open(crowd.length);
  if (crowd.length < count) return;
  clearInterval(growing);
  let next = 0;
  setInterval(() => {
    crowd[next]?.destroy();
    open(next);
    next = (next + 1) % count;
  }, 10);
}, 20);
setTimeout(() => process.exit(), 300_000).unref();
