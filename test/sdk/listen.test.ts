import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, listen } from 'chatserv';
import { afterEach, describe, expect, test } from 'vitest';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** Has a new server listen as a plugin's does. */
async function listens(where: ListenOptions): Promise<number> {
  const server = createServer();
  open.push(server);
  await listen(server, where, silent);
  return (server.address() as AddressInfo).port;
}

/** Does something without root's rights. */
async function unprivileged(act: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    await act();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

/** The first port that everyone may listen on. */
const FREE_FOR_ALL = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));

describe('what keeps a listener from listening is said with what to do', () => {
  test('a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    open.push(other);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(listens({ host: '127.0.0.1', port })).rejects.toThrow(
      `another program, perhaps another chatserv, is already listening on 127.0.0.1:${port}: stop it, or set the option port to a free one`,
    );
  });

  test.each(['127.0.0.1', '0.0.0.0'])('a port that another plugin has, asked for as %s', async (host) => {
    const port = await listens({ host: '127.0.0.1', port: 0 });
    await expect(listens({ host, port })).rejects.toThrow(
      `another plugin of this server is already listening on ${host}:${port}: give each its own port`,
    );
  });

  test.each<[ListenOptions, string]>([
    [{ host: '192.0.2.1', port: 0 }, 'this machine has no address 192.0.2.1 (listen EADDRNOTAVAIL'],
    [{ host: '2001:db8::1', port: 4119 }, 'this machine has no address 2001:db8::1 (listen EADDRNOTAVAIL'],
    [{ host: '', port: 0 }, 'the host is empty: expected an IP address of this machine'],
    [{ host: '127.0.0.1:4119', port: 0 }, "the host '127.0.0.1:4119' has no address (getaddrinfo"],
    [{ path: join(tmpdir(), 'x'.repeat(120)) }, 'set the option socket to a shorter path'],
  ])('%j', async (where, sentence) => {
    await expect(listens(where)).rejects.toThrow(sentence);
  });

  test.skipIf(FREE_FOR_ALL <= 80)('a port that is for root', () =>
    unprivileged(() =>
      expect(listens({ host: '127.0.0.1', port: 80 })).rejects.toThrow(
        'the system lets only root and privileged users listen on 127.0.0.1:80: set the option port to 1024 or above',
      ),
    ),
  );

  test('a folder in which no socket may be made', () =>
    unprivileged(() =>
      expect(listens({ path: '/proc/chatserv.sock' })).rejects.toThrow(
        "the socket /proc/chatserv.sock cannot be created (listen EACCES: permission denied /proc/chatserv.sock): give the server's user",
      ),
    ));
});
