import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DeadPeers } from '../../src/sdk/dead-peers.ts';
import { endsOf, isTold, unacknowledged } from '../../src/sdk/proc-net-tcp.ts';

/** A page as Linux writes it: idle, sending again for the fifth time, probing a window for the second, probing a silent one. */
const PAGE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1017 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 567 1 00000000d328f0f0 100 0 0 10 0
   1: 0109090A:115C 0209090A:E028 01 00000006:00000000 01:000001F2 00000005     0        0 40561 2 00000000d328f0f1 40 4 30 1 7
   2: 0109090A:115C 0309090A:AB09 01 00000006:00000000 04:000000BE 00000000     0        2 40562 2 00000000d328f0f2 40 4 30 10 -1
   3: 0109090A:115C 0409090A:AB09 01 00000000:00000000 02:00000FA1 00000000     0        3 40563 2 00000000d328f0f3 20 4 30 10 -1
10004: 0109090A:115C 0509090A:AB09 01 00000006:00000000 01:00000010 00000000  1000        0 40564 2 00000000d328f0f4 40 4 30 10 -1
`;

test('of a page of /proc/net/tcp those are found that have sent in vain', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-dead-peers-'));
  try {
    const file = join(folder, 'tcp');
    // More than is read at once, so that lines are cut.
    await writeFile(file, PAGE.repeat(500));
    expect([...(await unacknowledged([file, join(folder, 'none')]))]).toEqual([
      ['0109090A:115C 0209090A:E028', 5],
      ['0109090A:115C 0309090A:AB09', 2],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.skipIf(!isTold).each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])(
  'a connection to %s is named as the system does',
  async (host) => {
    const server = createServer().listen(0, host === '::1' ? host : '::');
    await once(server, 'listening');
    const client = connect((server.address() as { port: number }).port, host);
    try {
      const [socket] = (await once(server, 'connection')) as [Socket];
      const pages = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'latin1')));
      expect(pages.join('')).toContain(` ${endsOf(socket)} 01 `);
      socket.destroy();
    } finally {
      client.destroy();
      server.close();
    }
  },
);

describe('a client that acknowledges nothing', () => {
  const look = (times?: number): ReadonlyMap<string, number> => new Map(times === undefined ? [] : [['it', times]]);

  async function watched() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as { port: number }).port, '127.0.0.1').on('error', () => {});
    const [socket] = (await once(server, 'connection')) as [Socket];
    const peers = new DeadPeers(async () => new Map());
    peers.add(socket, 'it', 45);
    return {
      peers,
      socket,
      [Symbol.dispose]() {
        client.destroy();
        server.close();
      },
    };
  }

  test('for its time is closed', async () => {
    using it = await watched();
    it.peers.judge(look(1), 1_000);
    it.peers.judge(look(4), 20_000);
    it.peers.judge(look(5), 45_000);
    expect(it.socket.destroyed).toBe(false);
    it.peers.judge(look(5), 46_000);
    expect(it.socket.destroyed).toBe(true);
  });

  test('and then does stays, and so does one that loses much of what it is sent', async () => {
    using it = await watched();
    it.peers.judge(look(4), 0);
    it.peers.judge(look(), 30_000);
    it.peers.judge(look(4), 60_000);
    it.peers.judge(look(3), 90_000);
    it.peers.judge(look(3), 120_000);
    it.peers.judge(look(1), 140_000);
    expect(it.socket.destroyed).toBe(false);
    // Once or twice is nothing, however long ago.
    it.peers.judge(look(2), 500_000);
    it.peers.judge(look(2), 1_000_000);
    expect(it.socket.destroyed).toBe(false);
    it.socket.destroy();
  });
});
