import { setTimeout as after } from 'node:timers/promises';
import { faults, type Sent } from '../broken/checker.ts';
import { type Program, type ProgramConfig, startProgram } from '../support/program.ts';
import { abuse } from './abusive-client.ts';
import { type Figures, figuresOf, median, slope } from './figures.ts';
import { type Place, Visitor } from './visitor.ts';

/** How many of each kind of client connect. */
const VISITORS = 24;
const ABUSERS = 8;

/** A round takes a minute, or a fifth of a short soak; figures are read so many times in it. */
const ROUND = 60;
const LOOKS = 12;

/** The part of the time, at its end, in which the server is killed once a round; at least the last round. */
const KILLING = 0.1;

/** How long what was answered may take to arrive in the end, and sessions to be gone, in milliseconds. */
const PATIENCE = 20_000;

/**
 * What may be seen more in the last quarter than in the second (the first warms up): a factor of the memory, and of the
 * event loop's delay, where that is more than so many milliseconds. In a short run the memory is still filling, and what
 * else the machine does counts for more. Descriptors may not grow at all.
 */
const LONG = { from: 1800, memory: 1.1, delay: 2, delayFrom: 20 };
const SHORT = { memory: 1.5, delay: 2, delayFrom: 200 };

/** A plugin that comes and goes. */
const SHOUT = `import { defineCommand, param } from 'chatserv';
export default defineCommand({
  name: 'shout', params: { text: param.text() }, summary: 'x', run: ({ values: { text } }) => text.toUpperCase(),
});`;

const configOf = (round: number): ProgramConfig => ({
  plugins: {
    password: { memory: 8192, passes: 1 },
    './shout.ts': round % 2 === 0,
    wholast: round % 3 !== 1,
    lockout: { attempts: 3 + (round % 2), lockoutDuration: 1 },
  },
  // One connection registers everyone.
  limits: { loginLines: 1000 },
  log: { level: 'error' },
});

interface Soaked {
  readonly report: string;
  /** What is not as it should be, a sentence each. */
  readonly wrong: readonly string[];
}

/** @param seconds how long @param told a line a round */
export async function soak(seconds: number, told: (line: string) => void): Promise<Soaked> {
  await using program = await startProgram(configOf(0), { files: { 'shout.ts': SHOUT } });
  // Awaited here: the program ends with this function.
  return await new Soak(program, seconds, told).all();
}

class Soak {
  readonly #program: Program;
  readonly #seconds: number;
  readonly #told: (line: string) => void;
  readonly #place: Place;
  readonly #visitors: readonly Visitor[];
  readonly #began = performance.now();
  readonly #wrong: string[] = [];
  /** Read while it is under way, until the server is killed for the first time; and when everybody has gone. */
  readonly #under: Figures[] = [];
  readonly #quiet: Figures[] = [];
  /** What was said and seen in the round before: some of it may come late. */
  #sentBefore: Sent[] = [];
  #seenBefore = new Map<Visitor, readonly string[]>();
  #sent: Sent[] = [];
  readonly #count = { rounds: 0, sent: 0, answered: 0, seen: 0, abusive: 0, reloads: 0, kills: 0 };

  constructor(program: Program, seconds: number, told: (line: string) => void) {
    this.#program = program;
    this.#seconds = seconds;
    this.#told = told;
    this.#place = { port: program.port };
    const note = (message: Sent) => void this.#sent.push(message);
    this.#visitors = Array.from({ length: VISITORS }, (_, i) => new Visitor(`v${i}`, i % 2 === 0, this.#place, note));
  }

  async all(): Promise<Soaked> {
    const abusers = Array.from({ length: ABUSERS }, (_, i) => `c${i}`);
    await this.#program.registers(...this.#visitors.map(({ user }) => user), ...abusers);
    for (let left = this.#seconds; left > 0; left = this.#seconds - this.#elapsed) {
      const length = Math.min(ROUND, this.#seconds / 5);
      const kills = left <= Math.max(this.#seconds * KILLING, 1.5 * length);
      await this.#round(Math.min(length, left), kills, abusers);
    }
    this.#judge();
    return { report: this.#report(), wrong: this.#wrong };
  }

  get #elapsed(): number {
    return (performance.now() - this.#began) / 1000;
  }

  async #round(seconds: number, kills: boolean, abusers: readonly string[]): Promise<void> {
    const round = ++this.#count.rounds;
    const names = this.#visitors.map(({ user }) => user);
    const stop = new AbortController();
    const lives = this.#visitors.map((visitor) =>
      visitor.lives(
        names.filter((name) => name !== visitor.user),
        stop.signal,
      ),
    );
    const abuses = abusers.map((user) => abuse(user, this.#place, stop.signal));
    for (let look = 1; look <= LOOKS; look++) {
      await after((seconds / LOOKS) * 1000);
      if (look === LOOKS / 2) await (kills ? this.#kill() : this.#reload(round));
      if (this.#count.kills === 0) this.#under.push(await figuresOf(this.#program, this.#began));
    }
    stop.abort();
    await Promise.all(lives);
    for (const visits of await Promise.all(abuses)) this.#count.abusive += visits;
    await this.#settle();
    if (this.#count.kills === 0) this.#quiet.push(await this.#quietFigures());
    const { memory, descriptors, delay } = this.#under.at(-1) as Figures;
    const figures = `${memory.toFixed(0)} MB, ${descriptors} descriptors, event loop delay ${delay.toFixed(1)} ms`;
    this.#told(`round ${round}: ${this.#count.answered} messages kept so far, ${figures}`);
  }

  async #reload(round: number): Promise<void> {
    await this.#program.configures(configOf(round));
    const { errors } = await this.#program.reloads();
    this.#count.reloads++;
    if (errors !== undefined) this.#wrong.push(`reload ${round} failed: ${errors.join(' ')}`);
  }

  async #kill(): Promise<void> {
    await this.#program.kill();
    await this.#program.start();
    this.#place.port = this.#program.port;
    this.#count.kills++;
  }

  /** Everyone comes once more, until all that was answered has arrived, and leaves. */
  async #settle(): Promise<void> {
    await Promise.all(this.#visitors.map((visitor) => visitor.comes()));
    const deadline = Date.now() + PATIENCE;
    const look = () =>
      faults(
        [...this.#sentBefore, ...this.#sent],
        this.#visitors.map((visitor) => {
          const { user, exactlyOnce, texts } = visitor;
          return { user, exactlyOnce, texts: [...(this.#seenBefore.get(visitor) ?? []), ...texts] };
        }),
      );
    let found = look();
    while (found.some((fault) => fault.includes('never saw')) && Date.now() < deadline) {
      await after(100);
      found = look();
    }
    this.#wrong.push(...found.slice(0, 5));
    await Promise.all(this.#visitors.map((visitor) => visitor.leaves(false)));
    this.#count.sent += this.#sent.length;
    this.#count.answered += this.#sent.filter(({ answered }) => answered).length;
    this.#sentBefore = this.#sent;
    this.#sent = [];
    for (const visitor of this.#visitors) {
      this.#count.seen += visitor.texts.length;
      this.#seenBefore.set(visitor, visitor.texts);
      visitor.texts = [];
    }
  }

  async #quietFigures(): Promise<Figures> {
    const deadline = Date.now() + PATIENCE;
    let figures = await figuresOf(this.#program, this.#began);
    while (figures.sessions > 0 && Date.now() < deadline) {
      await after(100);
      figures = await figuresOf(this.#program, this.#began);
    }
    if (figures.sessions > 0) this.#wrong.push(`${figures.sessions} sessions are there when everyone has gone`);
    return figures;
  }

  #judge(): void {
    const [second, last] = [this.#quarter(2), this.#quarter(4)];
    const most = this.#seconds >= LONG.from ? LONG : SHORT;
    if (last.memory > second.memory * most.memory) {
      this.#wrong.push(`the memory grew from ${second.memory.toFixed(0)} to ${last.memory.toFixed(0)} MB`);
    }
    if (last.delay > Math.max(most.delayFrom, second.delay * most.delay)) {
      this.#wrong.push(`the event loop's delay grew from ${second.delay.toFixed(1)} to ${last.delay.toFixed(1)} ms`);
    }
    const [first, ...later] = this.#quiet.map(({ descriptors }) => descriptors);
    const highest = Math.max(...later);
    if (highest > (first ?? 0) + 1) this.#wrong.push(`${first} descriptors when everyone had gone became ${highest}`);
    if (this.#program.stderr !== '') this.#wrong.push(`it logged: ${this.#program.stderr.slice(0, 1000)}`);
  }

  /** What was seen in a quarter of the time in which it was not killed. */
  #quarter(which: number): { readonly memory: number; readonly delay: number } {
    const size = this.#under.length / 4;
    const seen = this.#under.slice(Math.floor(size * (which - 1)), Math.ceil(size * which));
    return { memory: median(seen.map(({ memory }) => memory)), delay: median(seen.map(({ delay }) => delay)) };
  }

  #report(): string {
    const { rounds, sent, answered, seen, abusive, reloads, kills } = this.#count;
    const visits = this.#visitors.reduce((sum, visitor) => sum + visitor.visits, 0);
    const quarters = [1, 2, 3, 4].map((which) => this.#quarter(which));
    const [descriptors, most] = [this.#quiet[0]?.descriptors, Math.max(...this.#quiet.map((one) => one.descriptors))];
    const later = this.#under.slice(Math.floor(this.#under.length / 4));
    const hourly = slope(later.map(({ at, memory }) => ({ at, value: memory })));
    return [
      `${(this.#seconds / 60).toFixed(1)} minutes, ${rounds} rounds: ${visits} visits of ${VISITORS}, ${abusive} abusive ones, ${reloads} reloads, ${kills} kills`,
      `${sent} messages said, ${answered} answered, ${seen} arrivals`,
      `memory (MB), medians of quarters: ${quarters.map(({ memory }) => memory.toFixed(1)).join(', ')}; ${hourly.toFixed(1)} an hour after the first`,
      `event loop delay (ms, 99th percentile), medians of quarters: ${quarters.map(({ delay }) => delay.toFixed(1)).join(', ')}`,
      `descriptors when everyone has gone: ${descriptors} at first, ${most} at most`,
    ].join('\n');
  }
}
