import type { Socket } from 'node:net';
import { networkOf, openFiles, plainAddress, probe, type Server } from 'chatserv';

/** Counts the open connections of each network. Survives a reload. */
export class ConnectionCounter {
  readonly #networks = new Map<string, number>();
  /** Admits or closes a new connection. */
  admit: (socket: Socket) => void = () => {};

  /** Counts a connection until it closes. @returns false if its network has `most` already */
  enter(socket: Socket, network: string, most: number): boolean {
    const there = this.#networks.get(network) ?? 0;
    if (there >= most) return false;
    this.#networks.set(network, there + 1);
    socket.once('close', () => this.#leave(network));
    return true;
  }

  #leave(network: string): void {
    const left = (this.#networks.get(network) ?? 1) - 1;
    if (left > 0) this.#networks.set(network, left);
    else this.#networks.delete(network);
  }
}

/** The limits of a new connection. */
interface Rules {
  readonly server: Pick<Server, 'isExempt' | 'countLimitHit'>;
  readonly isProxy: (address: string) => boolean;
  readonly perNetwork: number;
  readonly probeTime: number;
  /** Whether an address may begin a TLS handshake; undefined without TLS. */
  readonly mayBegin: ((address: string) => boolean) | undefined;
}

/** Makes a function that admits each new connection, or closes it without an answer. */
export function admission(
  counter: ConnectionCounter,
  { server, isProxy, perNetwork, probeTime, mayBegin }: Rules,
): (socket: Socket) => void {
  function mayStay(socket: Socket): boolean {
    if (openFiles.full) {
      server.countLimitHit('open-files');
      return false;
    }
    const address = plainAddress(socket.remoteAddress ?? '');
    if (isProxy(address) || server.isExempt(address)) return true;
    if (!counter.enter(socket, networkOf(address), perNetwork)) {
      server.countLimitHit('http-connections-per-network');
      return false;
    }
    return mayBegin?.(address) ?? true;
  }

  return (socket) => {
    if (socket.destroyed) return;
    if (mayStay(socket)) probe(socket, probeTime);
    else socket.destroy();
  };
}
