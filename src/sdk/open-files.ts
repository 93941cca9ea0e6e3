import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** How many open files are kept for what is no client's connection: the store, the log, the listeners, a reload. */
const RESERVED = 64;

/**
 * Counts the connections of all listeners, whatever is spoken there: each is an open file, and without a file left the
 * system closes new connections without a word, and nothing can be read or written.
 */
export class OpenFiles {
  /** How many files the system lets this process have open; infinite where it does not say. */
  readonly allowed: number;
  /** How many of them may be connections. */
  readonly forConnections: number;
  readonly #most: number;
  #taken = 0;

  constructor(allowed: number) {
    this.allowed = allowed;
    const reserved = Math.min(RESERVED, Math.floor(allowed / 2));
    this.forConnections = allowed - reserved;
    // Some more, for those that are told that the server is full.
    this.#most = this.forConnections + Math.floor(reserved / 8);
  }

  /** Whether there are more connections than there may be: a new one should be closed, with a word where there is one. */
  get full(): boolean {
    return this.#taken > this.forConnections;
  }

  /** Counts a connection until it closes. @returns whether it may stay; else it must be destroyed at once */
  take(socket: Socket): boolean {
    this.#taken++;
    socket.once('close', () => this.#taken--);
    return this.#taken <= this.#most;
  }
}

/** Those of this process. Node has raised what the system allows as far as it may. */
export const openFiles = new OpenFiles(allowedFiles());

function allowedFiles(): number {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 'Infinity');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
