import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Program } from '../support/json-program.ts';
import { startProgram } from '../support/program.ts';

/** How often the server is killed; KILLS=200 makes a long run of it. */
const KILLS = Number(process.env.KILLS ?? 6);

/** How long it lives before, in milliseconds. */
const LIFE = { least: 200, most: 2_500 };

/** A user who reads and posts in one conversation until the server is killed, and records how far it has read. */
class Reader {
  readonly name: string;
  /** The number up to which an answer says that it has read. */
  read = 0;
  /** The number up to which its other device was told that it has read, as after it has posted. */
  told = 0;
  /** How often that device was told. */
  notices = 0;
  /** The furthest that it may have read, with what was not answered. */
  most = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Follows its own reading on another device. */
  async watches({ client }: Program): Promise<void> {
    for (;;) {
      const event = await client.next('a marker');
      if (event.type === 'message') client.says({ type: 'acknowledge', id: event.id });
      if (event.type !== 'marker') continue;
      this.told = Math.max(this.told, event.seq);
      this.notices++;
    }
  }

  /** @param other whom it writes to */
  async lives(program: Program, other: string): Promise<void> {
    for (;;) {
      if (Math.random() < 0.5) {
        this.most = Number.POSITIVE_INFINITY;
        const { seq } = await program.asks('message', { to: [other], text: 'hi' });
        this.most = Math.max(this.read, Number(seq));
      } else {
        const seen = program.takes('message');
        const latest = seen.at(-1);
        if (latest !== undefined) program.client.says({ type: 'acknowledge', id: latest.id });
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

test(`killed ${KILLS} times, the server has every marker that it has told of, and none that is ahead`, {
  timeout: 60_000 + KILLS * 15_000,
}, async () => {
  await using program = await startProgram({ limits: { linesPerSecond: 0, bytesPerSecond: 0 } });
  await program.registers('alice', 'bob');
  const [alice, bob] = [new Reader('alice'), new Reader('bob')] as const;
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill > 0) await program.start();
    const logsIn = async ({ name }: Reader, device?: string) =>
      Program.logsIn(await program.connectJson(), name, device);
    const lives = [
      ...[alice, bob].map(async (reader) => reader.watches(await logsIn(reader, 'tablet'))),
      alice.lives(await logsIn(alice), 'bob'),
      bob.lives(await logsIn(bob), 'alice'),
    ].map((life) => life.catch(() => {}));
    // The moment of the kill is what varies: no event is awaited here.
    await after(LIFE.least + Math.random() * (LIFE.most - LIFE.least));
    await program.kill();
    await Promise.all(lives);
    await program.start();
    for (const reader of [alice, bob]) {
      const { rooms = [] } = await (await logsIn(reader)).asks('conversations');
      const { seq = 0, last = 0 } = rooms.find(({ kind }) => kind === 'direct') ?? {};
      expect(seq).toBeGreaterThanOrEqual(Math.max(reader.read, reader.told));
      expect(seq).toBeLessThanOrEqual(Math.min(reader.most, Number(last)));
      reader.most = seq;
    }
    await program.kill();
  }
  expect(alice.notices + bob.notices).toBeGreaterThan(0);
});
