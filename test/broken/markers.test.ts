import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Program } from '../support/json-program.ts';
import { startProgram } from '../support/program.ts';

/** How often the server is killed; KILLS=200 makes a long run of it. */
const KILLS = Number(process.env.KILLS ?? 6);

/** How long it lives before, in milliseconds. */
const LIFE = { least: 200, most: 2_500 };

/** How far markers moved by posting may be behind, in milliseconds: a second, and what a busy machine needs to write them. */
const BEHIND = 2_000;

/** A user who reads and posts in one conversation until the server is killed, and records how far it has read. */
class Reader {
  readonly name: string;
  /** The number up to which an answer says that it has read. */
  read = 0;
  /** Its posts: their numbers, and when they were answered. */
  readonly posts: { readonly seq: number; readonly at: number }[] = [];
  /** The furthest that it may have read, with what was not answered. */
  most = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** @param other whom it writes to */
  async lives(program: Program, other: string): Promise<void> {
    for (;;) {
      if (Math.random() < 0.5) {
        this.most = Number.POSITIVE_INFINITY;
        const { seq } = await program.asks('message', { to: [other], text: 'hi' });
        this.posts.push({ seq: Number(seq), at: performance.now() });
        this.most = Math.max(this.read, Number(seq));
      } else {
        const seen = program.takes('message');
        const upTo = seen[Math.floor(Math.random() * seen.length)];
        if (upTo === undefined) await program.asks('who');
        else {
          this.most = Math.max(this.most, upTo.seq);
          const { seq } = await program.asks('read', { place: other, id: upTo.id });
          this.read = Math.max(this.read, Number(seq));
        }
      }
    }
  }
}

test(`killed ${KILLS} times, the server has markers that are a second behind at most, and never ahead`, {
  timeout: 60_000 + KILLS * 15_000,
}, async () => {
  await using program = await startProgram({ limits: { linesPerSecond: 0, bytesPerSecond: 0 } });
  await program.registers('alice', 'bob');
  const [alice, bob] = [new Reader('alice'), new Reader('bob')] as const;
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill > 0) await program.start();
    const logsIn = async ({ name }: Reader) => Program.logsIn(await program.connectJson(), name);
    const lives = [
      alice.lives(await logsIn(alice), 'bob').catch(() => {}),
      bob.lives(await logsIn(bob), 'alice').catch(() => {}),
    ];
    // The moment of the kill is what varies: no event is awaited here.
    await after(LIFE.least + Math.random() * (LIFE.most - LIFE.least));
    const at = performance.now();
    await program.kill();
    await Promise.all(lives);
    await program.start();
    for (const reader of [alice, bob]) {
      const { rooms = [] } = await (await logsIn(reader)).asks('conversations');
      const { seq = 0, last = 0 } = rooms.find(({ kind }) => kind === 'direct') ?? {};
      const posted = reader.posts.filter((post) => post.at < at - BEHIND).map((post) => post.seq);
      expect(seq).toBeGreaterThanOrEqual(Math.max(reader.read, ...posted));
      expect(seq).toBeLessThanOrEqual(Math.min(reader.most, Number(last)));
      reader.most = seq;
    }
    await program.kill();
  }
  expect(alice.posts.length + bob.posts.length).toBeGreaterThan(KILLS);
});
