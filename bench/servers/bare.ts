/**
 * The baseline: the least that a chat server on node:net can do. It checks and limits nothing. With a database file it
 * is durable: a worker inserts each message into one table, one transaction per batch and one batch in flight, and
 * messages are answered and delivered after the commit.
 */
import { createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

const [file] = process.argv.slice(2);

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

/** Writes what one turn of the event loop queued for each client. */
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
  const [to = '', text = ''] = word === 'message' ? cut(rest) : ['', rest];
  const message = `[${new Date().toISOString().slice(0, 19)}Z] ${client.name}: ${text}\n`;
  const sent: Sent = { message, sender: client, to: word === 'message' ? clients.get(to) : 'everyone' };
  if (worker === undefined) deliver(sent);
  else keep(worker, sent);
}

interface Sent {
  readonly message: string;
  readonly sender: Client;
  readonly to: Client | 'everyone' | undefined;
}

function deliver({ message, sender, to }: Sent): void {
  const bytes = Buffer.from(message);
  if (to === 'everyone') {
    for (const other of clients.values()) if (other !== sender) put(other, bytes);
  } else if (to !== undefined) {
    put(to, bytes);
  }
  put(sender, SENT);
}

/** The batch being committed, and the next one. */
let committing: Sent[] = [];
let gathered: Sent[] = [];

const worker =
  file === undefined ? undefined : new Worker(new URL('bare-worker.ts', import.meta.url), { workerData: file });
worker?.on('message', () => {
  for (const sent of committing) deliver(sent);
  committing = [];
  if (gathered.length > 0) commit(worker);
});

function keep(thread: Worker, sent: Sent): void {
  if (gathered.push(sent) === 1 && committing.length === 0) setImmediate(commit, thread);
}

function commit(thread: Worker): void {
  if (committing.length > 0) return;
  committing = gathered;
  gathered = [];
  thread.postMessage(committing.map(({ message }) => message));
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

// The worker ends once it has closed its database.
process.once('SIGTERM', () => {
  if (worker === undefined) process.exit();
  worker.once('exit', () => process.exit());
  worker.postMessage('close');
});
