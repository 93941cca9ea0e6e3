import { setTimeout as after } from 'node:timers/promises';
import type { Cluster, Member } from './cluster.ts';

/** How long something is away or stands still at least, in milliseconds. */
const SHORTEST = 300;

/** Something that happens to a part, and is over when the call returns, as far as the part itself is concerned. */
export interface Mishap {
  /** What happens to what: `killed chatserv 1`. */
  readonly name: string;
  /** Whether it is in a short list too. */
  readonly isMain: boolean;
  happens(): Promise<void>;
}

/**
 * Everything that can happen to a cluster, in an order in which all parts have their turns.
 * @param longest how long something is away or stands still at most, in milliseconds
 */
export function mishapsOf(cluster: Cluster, longest: number): readonly Mishap[] {
  // The moment is what varies: no event is awaited here.
  const aWhile = () => after(SHORTEST + Math.random() * (longest - SHORTEST));
  const { database, nats, members, balancer } = cluster;
  const kills = (member: Member): Mishap => ({
    name: `killed ${member.name}`,
    isMain: true,
    async happens() {
      await member.program.kill();
      cluster.serves(member);
      await aWhile();
      await member.program.start();
      cluster.serves();
    },
  });
  const happening = (name: string, isMain: boolean, happens: () => Promise<void>): Mishap => ({
    name,
    isMain,
    happens,
  });
  const [first, second, third] = members as readonly [Member, Member, Member];
  return [
    kills(first),
    happening('killed NATS', true, async () => {
      await nats.stop();
      await aWhile();
      await nats.start();
    }),
    happening('killed PostgreSQL', true, async () => {
      await database.stop('SIGKILL');
      await aWhile();
      await database.start();
    }),
    happening('stalled the way to PostgreSQL', true, async () => {
      second.toDatabase.stalls();
      await aWhile();
      second.toDatabase.flows();
    }),
    happening('stalled the way to NATS', true, async () => {
      third.toNats.stalls();
      await aWhile();
      third.toNats.flows();
    }),
    kills(second),
    happening('cut connections to PostgreSQL within a message', true, async () => {
      third.toDatabase.breaks('end');
    }),
    happening('reset connections to NATS within a message', true, async () => {
      first.toNats.breaks('reset');
    }),
    happening('reset connections to PostgreSQL at a COMMIT', true, async () => {
      for (const when of ['before', 'within', 'after'] as const) await first.toDatabase.cut(when, 'reset');
    }),
    happening('cut connections of clients', true, async () => {
      balancer.breaksHalf();
    }),
    kills(third),
    happening('lost connections to PostgreSQL without notice', false, async () => {
      first.toDatabase.loses();
    }),
    happening('lost connections to NATS without notice', false, async () => {
      second.toNats.loses();
    }),
    happening('froze chatserv 2', false, async () => {
      second.program.signals('SIGSTOP');
      await aWhile();
      second.program.signals('SIGCONT');
    }),
  ];
}
