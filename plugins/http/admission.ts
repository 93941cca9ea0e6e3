import type { Socket } from 'node:net';
import { networkOf, openFiles, plainAddress, probe, type Server } from 'chatserv';

/** The connections that are open, by the network that they come from. Kept over a reload. */
export class Crowd {
  readonly #networks = new Map<string, number>();
  /** What is done with each new connection. */
  admit: (socket: Socket) => void = () => {};

  /** Counts a connection until it closes. @returns whether it may stay: not where its network has `most` already */
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

/** What a new connection is held to. */
interface Rules {
  readonly server: Pick<Server, 'isExempt' | 'limitMet'>;
  readonly isProxy: (address: string) => boolean;
  readonly perNetwork: number;
  readonly probeTime: number;
  /** Whether an address may begin a TLS handshake, where the port speaks TLS. */
  readonly mayBegin: ((address: string) => boolean) | undefined;
}

/** What is done with each new connection: it is counted, or closed without a word. */
export function admission(
  crowd: Crowd,
  { server, isProxy, perNetwork, probeTime, mayBegin }: Rules,
): (socket: Socket) => void {
  function mayStay(socket: Socket): boolean {
    if (openFiles.full) {
      server.limitMet('open-files');
      return false;
    }
    const address = plainAddress(socket.remoteAddress ?? '');
    if (isProxy(address) || server.isExempt(address)) return true;
    if (!crowd.enter(socket, networkOf(address), perNetwork)) {
      server.limitMet('http-connections-per-network');
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
