import type { Socket } from 'node:net';

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
