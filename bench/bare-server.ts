/** What chatserv is measured beside: the least that a chat over node:net can do. It keeps, checks and bounds nothing. */
import { createServer, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

class Client {
  name = '';
  rest = '';
  parts: Buffer[] = [];
  readonly socket: Socket;
  constructor(socket: Socket) {
    this.socket = socket;
  }
}

const clients = new Map<string, Client>();
let waiting: Client[] = [];

function put(client: Client, bytes: Buffer): void {
  if (client.parts.push(bytes) > 1) return;
  if (waiting.push(client) === 1) setImmediate(flush);
}

/** Gathers what a turn of the event loop brought a client into one write. */
function flush(): void {
  const now = waiting;
  waiting = [];
  for (const client of now) {
    const { parts } = client;
    client.parts = [];
    client.socket.write(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
  }
}

const WELCOME = Buffer.from('welcome\n');
const SENT = Buffer.from('sent:\n');

function hear(client: Client, line: string): void {
  if (client.name === '') {
    client.name = line;
    clients.set(line, client);
    put(client, WELCOME);
    return;
  }
  const [word = '', rest = ''] = cut(line);
  if (word === 'measure') {
    globalThis.gc?.();
    put(client, Buffer.from(`{"delayP99":${Math.max(delay.percentile(99) / 1e6 - 1, 0)}}\n`));
    delay.reset();
    return;
  }
  const [to = '', text = ''] = word === 'message' ? cut(rest) : ['', rest];
  const message = Buffer.from(`[${new Date().toISOString().slice(0, 19)}Z] ${client.name}: ${text}\n`);
  if (word === 'message') {
    const other = clients.get(to);
    if (other !== undefined) put(other, message);
  } else {
    for (const other of clients.values()) if (other !== client) put(other, message);
  }
  put(client, SENT);
}

function cut(line: string): [string, string] {
  const blank = line.indexOf(' ');
  return blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
}

const server = createServer((socket) => {
  const client = new Client(socket);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('close', () => clients.delete(client.name));
  socket.on('data', (chunk) => {
    const lines = (client.rest + chunk.toString()).split('\n');
    client.rest = lines.pop() ?? '';
    for (const line of lines) hear(client, line);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`bare listens on tcp 127.0.0.1:${(server.address() as { port: number }).port}`);
});
