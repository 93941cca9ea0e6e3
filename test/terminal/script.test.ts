import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificate.ts';
import { type Ended, Folder } from '../support/command-line.ts';
import { startListening } from '../support/listening-server.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import { ORDER } from '../support/questions.ts';
import type { Reachable } from '../support/reachable.ts';

/** Runs `chatserv connect` with the lines of a pipe and the password from the environment. */
async function sends(where: string, input: string | Buffer, ...more: readonly string[]): Promise<Ended> {
  await using folder = await Folder.with({});
  return await folder.runs(['connect', where, ...more], input, { CHATSERV_PASSWORD: PASSWORD });
}

const at = (server: Reachable, user = 'alice') => `${user}@127.0.0.1:${server.port}`;

describe('a script', { timeout: 60_000 }, () => {
  test('sends commands, with or without /, and prints the answers in order', async () => {
    await using server = await startListening();
    await server.registers('alice', 'bob');
    const lines = ['message bob hi', '', '/who', 'broadcast to all', 'help who', ''];
    expect(await sends(at(server), lines.join('\n'))).toEqual({
      code: 0,
      stdout: 'sent:\nalice\nsent:\nwho - Lists everyone who is online\n',
      stderr: '',
    });
    const bob = await server.returns('bob');
    await bob.hears('alice', 'hi');
    await bob.hears('alice', 'to all');
  });

  test('prints waiting messages in the format of the line protocol', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const bob = await server.joins('bob');
    await bob.writesRaw('message alice a\u202eb\n');
    await bob.sees('sent:');
    const { code, stdout } = await sends(at(server), 'whoelse');
    expect(stdout).toMatch(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\] bob: a<202e>b\nbob\n$/);
    expect(code).toBe(0);
    // It was given once.
    expect((await sends(at(server), 'whoelse')).stdout).toBe('bob\n');
    await bob.says('message alice later');
    await bob.sees('sent:');
    expect(await sends(at(server), '')).toMatchObject({ code: 0, stdout: expect.stringContaining('bob: later\n') });
    // What it printed is read.
    expect((await sends(at(server), 'unread')).stdout).toBe('');
  });

  test('exits with 1 if a command fails, and runs the others', async () => {
    await using server = await startListening();
    await server.registers('alice');
    expect(await sends(at(server), 'dance\nwholast soon\nwho\n')).toEqual({
      code: 1,
      stdout: 'alice\n',
      stderr: 'error:command:dance\nerror:args:wholast\n',
    });
    expect(await sends(at(server), 'message ghost boo\n')).toMatchObject({ code: 1, stdout: 'sent:ghost\n' });
  });

  test('is the default device, or one that is named, which comes in beside it', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const line = await server.returns('alice');
    for (const more of [[], ['--device', 'default']]) {
      expect(await sends(at(server), 'who\n', ...more)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('already connected'),
      });
    }
    expect(await sends(at(server), 'devices\n', '--device', 'Backup')).toEqual({
      code: 0,
      stdout: 'backup online here\ndefault online\n',
      stderr: '',
    });
    await line.seesNothing();
  });

  test('ignores blanks and a byte order mark before a command', async () => {
    await using server = await startListening();
    await server.registers('alice', 'bob');
    const lines = [
      '\ufeff  message bob one',
      '\tmessage bob two',
      '\u00a0/who',
      '  ',
      '\ufeffmessage bob three\r',
      ' who',
    ];
    expect(await sends(at(server), lines.join('\n'))).toEqual({
      code: 0,
      stdout: 'sent:\nsent:\nalice\nsent:\nalice\n',
      stderr: '',
    });
    const bob = await server.returns('bob');
    for (const text of ['one', 'two', 'three']) await bob.hears('alice', text);
    await bob.seesNothing();
  });

  test('reports each line that cannot be sent unchanged, and sends no part of it', async () => {
    await using server = await startListening();
    await server.registers('alice', 'bob');
    const lines = [
      'message bob one\rmessage bob not this',
      'message bob two\0',
      Buffer.from('message bob caf\u00e9', 'latin1'),
      'message bob three\u2028message bob not this',
      '/ who',
      Buffer.from('message bob four', 'utf16le'),
      'x'.repeat(2 * 1024 * 1024),
      'who',
      'logout',
      'message bob after the end',
    ];
    const input = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
    const { code, stdout, stderr } = await sends(at(server), input);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'chatserv: line 1 was not sent: it contains a carriage return; lines end with LF or CRLF.',
      'chatserv: line 2 was not sent: it contains a NUL character, as UTF-16 does.',
      'chatserv: line 3 was not sent: it is not valid UTF-8.',
      'chatserv: line 5 was not sent: there is no command after the /.',
      'chatserv: line 6 was not sent: it contains a NUL character, as UTF-16 does.',
      'chatserv: line 7 was not sent: it is too long.',
      'chatserv: line 10 was not sent: it follows the logout in line 9.',
    ]);
    expect([code, stdout]).toEqual([1, 'sent:\nalice\n']);
    const bob = await server.returns('bob');
    await bob.hears('alice', 'three message bob not this');
    await bob.seesNothing();
  });

  test('sends more lines than the rate limit allows at once, and all arrive in order', async () => {
    await using server = await startListening({ limits: { lineBurst: 10, linesPerSecond: 20 } });
    await server.registers('alice', 'bob');
    const texts = Array.from({ length: 40 }, (_, index) => `m${index}`);
    const { code, stdout } = await sends(at(server), texts.map((text) => `message bob ${text}\n`).join(''));
    expect([code, stdout]).toEqual([0, 'sent:\n'.repeat(40)]);
    const bob = await server.returns('bob');
    for (const text of texts) await bob.hears('alice', text);
  });

  test("cancels a command's question, reports that, and runs the others", async () => {
    await using program = await startProgram({ plugins: { './order.ts': true } }, { files: { 'order.ts': ORDER } });
    await program.registers('alice');
    expect(await sends(at(program), 'order\nwho\n')).toEqual({
      code: 1,
      stdout: 'alice\n',
      stderr: "chatserv: order asked 'size'; a script cannot answer questions.\nerror:cancelled:order\n",
    });
  });

  test('registers with --register', async () => {
    await using server = await startListening();
    const refused = await sends(at(server, 'carol'), 'who\n');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toBe('chatserv: There is no account “carol”. Use --register to create it.\n');
    expect(await sends(at(server, 'carol'), 'who\n', '--register')).toMatchObject({ code: 0, stdout: 'carol\n' });
  });

  test('reports failures by its exit code', async () => {
    await using server = await startListening();
    await server.registers('alice');
    await using folder = await Folder.with({ wrong: 'not-the-right-one\n', right: `\ufeff${PASSWORD}\r\n` });
    const runs = (...args: string[]) => folder.runs(['connect', ...args], 'who\n');
    expect(await runs(at(server), '--password-file', 'right')).toMatchObject({ code: 0, stdout: 'alice\n' });
    const wrong = await runs(at(server), '--password-file', 'wrong');
    expect(wrong).toEqual({ code: 3, stdout: '', stderr: 'chatserv: Wrong password.\n' });
    expect(await runs(at(server))).toMatchObject({ code: 2, stderr: expect.stringContaining('CHATSERV_PASSWORD') });
    expect(await runs(`127.0.0.1:${server.port}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('user@host'),
    });
    expect(await runs('a b')).toMatchObject({ code: 2, stderr: expect.stringContaining("'a b' is not an address") });
    expect(await runs(at(server), '--ca', 'right')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--tls'),
    });
    const missing = await runs(at(server), '--password-file', 'missing');
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('missing cannot be read') });
    const nowhere = await runs('alice@127.0.0.1:1', '--password-file', 'right');
    expect(nowhere).toMatchObject({ code: 4, stderr: expect.stringContaining('no connection') });
    expect(await folder.runs(['connect', 'alice@127.0.0.1:1', '--password-file', 'right'], '')).toMatchObject({
      code: 4,
    });
    await using other = await somethingElse();
    const stranger = await runs(`alice@127.0.0.1:${other.port}`, '--password-file', 'right');
    expect(stranger).toMatchObject({ code: 3, stderr: expect.stringContaining('no chatserv server') });
  });

  test('reconnects when the server is killed', async () => {
    await using program = await startProgram();
    await program.configures({ plugins: { tcp: { host: '127.0.0.1', port: program.port } } });
    await program.registers('alice', 'bob');
    const texts = Array.from({ length: 200 }, (_, index) => `m${index}`);
    const ended = sends(at(program), texts.map((text) => `message bob ${text}\n`).join(''));
    const first = await program.returns('bob');
    await first.hears('alice', 'm0');
    await program.kill();
    await program.start();
    expect(await ended).toEqual({ code: 0, stdout: 'sent:\n'.repeat(200), stderr: '' });
    const bob = await program.connectJson();
    bob.says({ type: 'login', name: 'bob', password: PASSWORD });
    await bob.sees({ type: 'welcome' });
    await bob.seesToken();
    const heard: string[] = [];
    while (heard.at(-1) !== 'm199') heard.push(((await bob.sees({ type: 'message' })) as { text: string }).text);
    // What the first connection was given just before the end may be given again; nothing is missing, or sent twice.
    expect(heard).toEqual(texts.slice(texts.indexOf(heard[0] ?? '')));
  });
});

describe('over TLS', { timeout: 60_000 }, () => {
  test('a server is trusted only with its certificate, or if verification is off', async () => {
    await using server = await startListening();
    await server.registers('alice');
    const { certificate, key } = makeCertificate();
    await using front = await tlsFront(server.port, certificate, key);
    await using folder = await Folder.with({
      'ca.pem': certificate,
      'none.pem': 'nothing',
      'other.pem': makeCertificate('other').certificate,
    });
    const runs = (...args: string[]) =>
      folder.runs(['connect', `alice@localhost:${front.port}`, ...args], 'who\n', { CHATSERV_PASSWORD: PASSWORD });
    expect(await runs('--tls', '--ca', 'ca.pem')).toEqual({ code: 0, stdout: 'alice\n', stderr: '' });
    const refused = { code: 4, stdout: '', stderr: expect.stringMatching(/certificate.*--ca FILE/) };
    expect(await runs('--tls')).toEqual(refused);
    expect(await runs('--tls', '--ca', 'other.pem')).toEqual(refused);
    expect(await runs()).toMatchObject({ code: 4, stderr: expect.stringContaining('add --tls') });
    expect(await runs('--tls', '--ca', 'none.pem')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('none.pem contains no certificate'),
    });
    const insecure = await runs('--tls', '--insecure');
    expect(insecure).toMatchObject({ code: 0, stdout: 'alice\n', stderr: expect.stringContaining('not checked') });
    const plain = await folder.runs(['connect', at(server), '--tls'], 'who\n', { CHATSERV_PASSWORD: PASSWORD });
    expect(plain).toMatchObject({ code: 4, stderr: expect.stringContaining('leave out --tls') });
  });
});

test('connects over a unix socket', { timeout: 60_000 }, async () => {
  await using server = await startListening();
  await server.registers('alice');
  await using folder = await Folder.with({});
  const path = join(folder.path, 'door');
  const { createServer: createDoor } = await import('node:net');
  const door = createDoor((socket) => pipe(socket, server.port)).listen(path);
  await new Promise<void>((resolve) => void door.once('listening', resolve));
  try {
    const ended = await folder.runs(['connect', `alice@unix:${path}`], 'who\n', { CHATSERV_PASSWORD: PASSWORD });
    expect(ended).toEqual({ code: 0, stdout: 'alice\n', stderr: '' });
  } finally {
    door.close();
  }
});

type Listening = AsyncDisposable & { readonly port: number };

/** A server that is no chatserv. */
function somethingElse(): Promise<Listening> {
  return listening(createServer((_, response) => response.end('hello')) as Server);
}

/** Speaks TLS in front of a port. */
function tlsFront(port: number, cert: string, key: string): Promise<Listening> {
  return listening(createTlsServer({ cert, key }, (socket) => pipe(socket, port)));
}

function pipe(socket: NodeJS.ReadWriteStream, port: number): void {
  const behind = connect(port, '127.0.0.1');
  socket.on('error', () => behind.destroy());
  behind.on('error', () => socket.end());
  socket.pipe(behind).pipe(socket);
}

async function listening(server: Server | ReturnType<typeof createTlsServer>): Promise<Listening> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}
