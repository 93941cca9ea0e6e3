/** What the system tells of a process. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** CPU time of all threads of a process, in microseconds. */
export function cpuOf(pid: number): number {
  return timeIn(statOf(pid), OWN);
}

/** CPU time of a process and of its children, those that have ended included, in microseconds. */
export function cpuWithChildren(pid: number): number {
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = others.flatMap((other) => {
    try {
      const stat = statOf(Number(other));
      return Number(stat[PARENT]) === pid ? [timeIn(stat, OWN)] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  return children.reduce((sum, time) => sum + time, timeIn(statOf(pid), [...OWN, ...ENDED]));
}

/** The resident memory of a process, in KB. */
export function memoryOf(pid: number): number {
  return Number(read(pid, 'status').match(/VmRSS:\s+(\d+)/)?.[1]);
}

/** What a process has read and written, as the system lists it. */
export function ioOf(pid: number): string {
  return read(pid, 'io');
}

/** Places of fields after the program's name: its parent, its own times, and those of its children that have ended. */
const PARENT = 1;
const OWN = [11, 12];
const ENDED = [13, 14];

function statOf(pid: number): readonly string[] {
  return read(pid, 'stat')
    .replace(/^.*\) /, '')
    .split(' ');
}

function timeIn(stat: readonly string[], places: readonly number[]): number {
  return (places.reduce((sum, place) => sum + Number(stat[place]), 0) * 1e6) / TICKS_PER_SECOND;
}

const read = (pid: number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
