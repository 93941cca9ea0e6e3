import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Program } from '../support/program.ts';

/** What a server costs at one moment. */
export interface Figures {
  /** Since the soak began, in seconds. */
  readonly at: number;
  /** Memory that the process holds, in MB. */
  readonly memory: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  /** By how much the event loop was late since the look before, the 99th percentile, in milliseconds. */
  readonly delay: number;
  readonly sessions: number;
}

export async function figuresOf(program: Program, began: number): Promise<Figures> {
  const { delay, sessions } = await factsOf(program);
  return {
    at: (performance.now() - began) / 1000,
    memory: Number(readFileSync(`/proc/${program.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) / 1024,
    // The one over which it was asked may still be open.
    descriptors: readdirSync(`/proc/${program.pid}/fd`).length,
    delay,
    sessions,
  };
}

async function factsOf(program: Program): Promise<{ delay: number; sessions: number }> {
  const socket = connect(join(program.folder, 'data/chatserv.sock'));
  socket.end('{"request":"facts"}\n');
  return JSON.parse(await text(socket)).result;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** By how much a value grows an hour, by least squares. */
export function slope(points: readonly { readonly at: number; readonly value: number }[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [at, value] = [mean(points.map((point) => point.at)), mean(points.map((point) => point.value))];
  const above = points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0);
  return (above / points.reduce((sum, point) => sum + (point.at - at) ** 2, 0)) * 3600;
}
