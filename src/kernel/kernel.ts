import type { Account } from './account.ts';
import { type AccountState, AccountWatch } from './account-watch.ts';
import { Authentication, type Login } from './authenticate.ts';
import { ClientSession } from './client-session.ts';
import type { SteadyClock } from './clock.ts';
import type { Input, LiveCodec } from './codec.ts';
import { Answers, type KernelCommand } from './commands.ts';
import type { Connection } from './connection.ts';
import { askUsername, type Refusal, type UsernameDecision } from './decisions.ts';
import { Delivery, type FollowedLog } from './delivery.ts';
import type { KernelEnvironment } from './environment.ts';
import { LoginRestarted, SessionClosed } from './errors.ts';
import type { SessionLimits } from './limits.ts';
import type { Logger } from './logger.ts';
import { Online } from './online.ts';
import { Turn } from './outbox.ts';
import type { Hooks } from './phases.ts';
import { type AppendedLog, type Post, type Posted, Posting } from './posting.ts';
import type { LiveKind } from './rendered.ts';
import { Retries } from './retries.ts';
import type { SessionContext } from './session-context.ts';
import { Turns } from './turns.ts';

/** What of the set of live plugins the kernel works with. It never changes: a reload makes another. */
export interface KernelGeneration {
  readonly hooks: Hooks;
  /** The commands by name and alias. */
  readonly commands: ReadonlyMap<string, KernelCommand>;
  /** The codecs by name, in the order in which they may claim a client. */
  readonly codecs: ReadonlyMap<string, LiveCodec>;
  /** What asks clients for what their logins need. */
  readonly loginDialogue?: { conduct(session: ClientSession, login: Login): Promise<void> } | undefined;
  /** Reads an account's state, where something provides accounts. */
  readonly accountStateOf?: ((account: number) => Promise<AccountState | undefined>) | undefined;
  /** The log, where something provides it. */
  readonly log?: (FollowedLog & AppendedLog) | undefined;
  /** The kinds of entries that plugins define, by name. */
  readonly kinds?: ReadonlyMap<string, LiveKind>;
}

/** Holds connections and runs hooks. All that a person would call a feature is a plugin's. */
export class Kernel implements SessionContext {
  readonly environment: KernelEnvironment;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly turn: Turn;
  readonly online = new Online();
  readonly accountWatch = new AccountWatch(this);
  readonly retries = new Retries();
  readonly delivery: Delivery = new Delivery(this);
  readonly posting: Posting = new Posting(this);
  /** Logins to one account are admitted one after the other. */
  readonly #admissions = new Turns();
  readonly #sessions = new Set<ClientSession>();
  /** Those that no plugin has let in yet. */
  readonly #arriving = new Set<ClientSession>();
  /** What of ended sessions is still running: their `onDisconnect`. */
  readonly #farewells = new Set<Promise<void>>();
  #generation: KernelGeneration;
  #limits: SessionLimits;
  #count = 0;
  #closing: string | undefined;

  constructor(environment: KernelEnvironment, limits: SessionLimits, generation: KernelGeneration) {
    this.environment = environment;
    this.clock = environment.clock;
    this.logger = environment.logger;
    this.turn = new Turn(environment.counters);
    this.#limits = limits;
    this.#generation = generation;
  }

  /** The plugins that are live. Work that has begun goes on with those that it began with. */
  get generation(): KernelGeneration {
    return this.#generation;
  }

  /** What one client may cost; what a session was made with it keeps. */
  get limits(): SessionLimits {
    return this.#limits;
  }

  /** Makes another set of plugins live; connections and sessions stay. */
  swap(generation: KernelGeneration, limits: SessionLimits): void {
    this.#generation = generation;
    this.#limits = limits;
    this.delivery.follow(generation.log);
  }

  /** Begins to deliver what is appended to the log. @throws when it cannot be read */
  begin(): Promise<void> {
    return this.delivery.begin(this.log);
  }

  /** The log that messages are appended to, where something provides one. */
  get log(): KernelGeneration['log'] {
    return this.#generation.log;
  }

  get hooks(): Hooks {
    return this.#generation.hooks;
  }

  /** How many messages were said. */
  get said(): number {
    return this.posting.said;
  }

  codecFor(firstLine: string): LiveCodec | undefined {
    for (const codec of this.#generation.codecs.values()) if (codec.claims?.(firstLine)) return codec;
    return undefined;
  }

  codecFailed(session: ClientSession, { name, plugin }: LiveCodec, err: unknown): void {
    if (session.ended) return;
    this.logger.error({ event: 'plugin-error', plugin, codec: name, ...session.who, err }, `codec '${name}' failed`);
    session.close('internal');
  }

  limitMet(limit: string): void {
    this.environment.counters.countLimitHit(limit);
  }

  /** Every session there is, also those not logged in. */
  sessions(): IterableIterator<ClientSession> {
    return this.#sessions.values();
  }

  /** The kernel's door: a transport hands over what it accepted, and how its clients speak. */
  accept(connection: Connection, codec: LiveCodec): ClientSession {
    const session = this.#open(connection, codec);
    this.#sessions.add(session);
    this.#arriving.add(session);
    if (this.#closing === undefined) void this.#converse(session);
    else session.close(this.#closing);
    return session;
  }

  /** @throws what a codec throws that fails to open; the connection is gone then */
  #open(connection: Connection, codec: LiveCodec): ClientSession {
    try {
      return new ClientSession(++this.#count, connection, codec, this);
    } catch (cause) {
      connection.stream.destroy();
      throw cause;
    }
  }

  /** Sends a message, see Posting.post. */
  post(post: Post, ordered?: () => void): Promise<Posted | Refusal> {
    return this.posting.post(post, this.clock.now(), ordered);
  }

  /**
   * Makes a session that may log in online and welcomes it, or returns why not. Logins to one account take turns, so
   * that no other one comes between the plugins' consent and the session's being online.
   */
  admit(session: ClientSession, account: Account): Promise<UsernameDecision | undefined> {
    return this.#admissions.run(account.id, async () => {
      if (session.ended) throw new SessionClosed();
      const passage = await this.hooks.onAdmit.guard.run(session, account);
      let objection = passage.refusal;
      try {
        if (session.ended) throw new SessionClosed();
        // From here to the welcome nothing waits.
        if (session.basis?.expired || this.accountWatch.isRemoved(account.id)) objection ??= askUsername();
        if (objection !== undefined) return objection;
        for (const other of this.online.of(account.id)) if (session.replaces(other)) other.close('replaced');
        this.online.add(session, account);
        session.feed.begin();
        session.send({ kind: 'welcome', account });
        return undefined;
      } finally {
        passage.settle(objection);
      }
    });
  }

  ended(session: ClientSession, reason: string): void {
    this.#sessions.delete(session);
    this.online.remove(session);
    if (session.account !== undefined) this.delivery.goes(session.account.id);
    if (this.#arriving.has(session) && reason !== 'gone') this.#logRefused(session, reason);
    else {
      if (this.#arriving.has(session)) this.#logConnected(session);
      const seconds = Math.round(session.age) / 1000;
      this.logger.info({ event: 'disconnect', ...session.who, reason, seconds }, 'disconnected');
    }
    this.#arriving.delete(session);
    const observing = this.hooks.onDisconnect.observe.run(session, reason);
    if (!(observing instanceof Promise)) return;
    const farewell: Promise<void> = observing.finally(() => this.#farewells.delete(farewell));
    this.#farewells.add(farewell);
  }

  /**
   * Ends every session, saying why, and accepts no more. What clients have asked for and is under way is answered
   * first, unless it takes longer than the limits' `drainTime`.
   * @returns when all connections are gone, at the latest a further `closeTime` after that, and all `onDisconnect` ran
   */
  async close(reason: string): Promise<void> {
    this.#closing = reason;
    const sessions = [...this.#sessions];
    const cancel = this.clock.after(this.limits.drainTime, () => {
      for (const session of sessions) {
        if (session.ended) continue;
        this.limitMet('drain-time');
        session.close(reason);
      }
    });
    for (const session of sessions) session.finish();
    await Promise.all(sessions.map((session) => new Promise<void>((resolve) => session.whenGone(resolve))));
    cancel();
    await Promise.all(this.#farewells);
  }

  /** One session from its first line to its last. */
  async #converse(session: ClientSession): Promise<void> {
    let answers: Answers | undefined;
    try {
      const { guard, observe } = this.hooks.onConnect;
      const passage = await guard.run(session);
      passage.settle(passage.refusal);
      if (session.ended) throw new SessionClosed();
      if (passage.refusal !== undefined) return session.close(passage.refusal.reason);
      this.#logConnected(session);
      if (observe.isUsed()) await session.still(observe.run(session));
      const account = await this.#logIn(session);
      if (account === undefined) return;
      this.logger.info({ event: 'login', ...session.who }, 'logged in');
      await session.still(this.hooks.onLogin.observe.run(session));
      await session.still(this.delivery.comes(account.id));
      session.feed.open();
      answers = new Answers(session, account, this, (cause) => this.#fail(session, cause));
      await this.#poll(session, answers);
      for (;;) {
        if (session.takeDeferredPoll()) await this.#poll(session, answers);
        await this.#answer(await session.next(), session, answers);
      }
    } catch (cause) {
      // Who has ended its side is still answered.
      if (cause instanceof SessionClosed) await answers?.given();
      this.#fail(session, cause);
    }
  }

  /** @returns the account that the session is logged in to, or undefined where it was closed instead */
  async #logIn(session: ClientSession): Promise<Account | undefined> {
    const login = new Authentication(session, this);
    for (;;) {
      try {
        await this.#generation.loginDialogue?.conduct(session, login);
        if (session.account === undefined) session.close('internal');
        return session.account;
      } catch (thrown) {
        if (!(thrown instanceof LoginRestarted)) throw thrown;
      }
    }
  }

  #answer(input: Input, session: ClientSession, answers: Answers): Promise<void> {
    switch (input.kind) {
      case 'command':
        if (session.throttled) return answers.addTooFast(input, this.#generation);
        return answers.add(input, this.#generation);
      case 'invalid':
        return answers.addError(input);
      case 'reply':
        return answers.addReply(input.text);
      case 'poll':
        return this.#poll(session, answers);
      default:
        return answers.addError({ reason: 'unexpected', about: input.kind });
    }
  }

  /** Delivers what waits for a client that polls, and tells it that it has everything. */
  async #poll(session: ClientSession, answers: Answers): Promise<void> {
    await answers.given();
    if (session.codec.pollsForMessages) await session.feed.poll();
    session.send({ kind: 'ready' });
  }

  #logConnected(session: ClientSession): void {
    this.#arriving.delete(session);
    this.logger.info({ event: 'connection', ...session.who, transport: session.transport }, 'connected');
  }

  #logRefused(session: ClientSession, reason: string): void {
    const facts = { event: 'connection-refused', ...session.who, transport: session.transport, reason };
    this.logger.info(facts, 'a connection was refused');
  }

  #fail(session: ClientSession, cause: unknown): void {
    if (cause instanceof SessionClosed) {
      if (this.#closing === undefined) session.leave('gone');
      else session.close(this.#closing);
      return;
    }
    this.logger.error({ event: 'session-error', ...session.who, err: cause }, 'a session failed');
    session.close('internal');
  }
}
