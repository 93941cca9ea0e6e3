/**
 * In a network namespace of its own: starts the program, has clients log in from another namespace, and cuts that one
 * off without a word. `unshare --map-root-user --net node vanishing-client.ts CONFIG BIN`. It prints a JSON object a line:
 * `ready` when all are there, `vanished` when they are cut off. The program's log goes to standard error.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [config = '', bin = ''] = process.argv.slice(2);
const ip = (...args: string[]) => execFileSync('ip', args);
const say = (event: string) => process.stdout.write(`${JSON.stringify({ event })}\n`);

/** Each logs in by its name, over its own port, and reads. */
const CLIENT = `
const { connect } = require('node:net');
let left = 0;
for (const [port, first] of JSON.parse(process.argv[1])) {
  left++;
  const socket = connect(port, '10.9.9.1');
  socket.write(first);
  socket.on('data', (chunk) => { if (/welcome/.test(chunk) && --left === 0) console.log('in'); });
}
setTimeout(() => {}, 1e9);
`;

// The clients' machine.
const elsewhere = spawn(
  'unshare',
  ['--net', process.execPath, '-e', 'console.log("here"); setTimeout(() => {}, 1e9)'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
await once(elsewhere.stdout, 'data');
const there = (...args: string[]) => execFileSync('nsenter', ['-t', String(elsewhere.pid), '-n', ...args]);
ip('link', 'set', 'dev', 'lo', 'up');
ip('link', 'add', 'name', 'cable', 'type', 'veth', 'peer', 'name', 'end', 'netns', String(elsewhere.pid));
ip('addr', 'add', '10.9.9.1/24', 'dev', 'cable');
ip('link', 'set', 'dev', 'cable', 'up');
there('ip', 'addr', 'add', '10.9.9.2/24', 'dev', 'end');
there('ip', 'link', 'set', 'dev', 'end', 'up');

const program = spawn(process.execPath, [bin, '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
const ports = new Map<string, number>();
for await (const line of createInterface({ input: program.stdout })) {
  const [, transport, port] = line.match(/listens on (\w+) \S+:(\d+)$/) ?? [];
  if (transport !== undefined) ports.set(transport, Number(port));
  if (ports.has('tcp') && ports.has('http')) break;
}
const logins = JSON.stringify([
  [ports.get('tcp'), 'silent\n'],
  [ports.get('tcp'), 'spoken-to\n'],
]);
const clients = spawn('nsenter', ['-t', String(elsewhere.pid), '-n', process.execPath, '-e', CLIENT, logins], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
await once(clients.stdout, 'data');
say('ready');
there('ip', 'addr', 'del', '10.9.9.2/24', 'dev', 'end');
say('vanished');
process.on('SIGTERM', () => {
  for (const child of [clients, elsewhere, program]) child.kill('SIGKILL');
  process.exit();
});
