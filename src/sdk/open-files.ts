import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** How many open files are reserved for the store, the log, listeners and reloads. */
const RESERVED = 80;

/**
 * Counts the connections of all listeners: each is an open file, and when files run out the system closes new connections
 * silently, and nothing can be read or written.
 */
export class OpenFiles {
  /** How many open files the system allows this process; infinite if unknown. */
  readonly allowed: number;
  /** How many of them may be connections. */
  readonly forConnections: number;
  readonly #most: number;
  #taken = 0;
  /** One listener for all sockets, which saves memory. */
  readonly #closed = (): void => void this.#taken--;

  constructor(allowed: number) {
    this.allowed = allowed;
    const reserved = Math.min(RESERVED, Math.floor(allowed / 2));
    this.forConnections = allowed - reserved;
    // A few more are accepted, to be told that the server is full.
    this.#most = this.forConnections + Math.floor(reserved / 8);
  }

  /** Whether there are too many connections: a new one should be told and closed. */
  get full(): boolean {
    return this.#taken > this.forConnections;
  }

  /** Counts a connection until it closes. @returns whether it may stay; else it must be destroyed at once */
  take(socket: Socket): boolean {
    this.#taken++;
    socket.on('close', this.#closed);
    return this.#taken <= this.#most;
  }
}

/** The open files of this process. Node raises the soft limit to the hard limit. */
export const openFiles = new OpenFiles(allowedFiles());

function allowedFiles(): number {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 'Infinity');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
