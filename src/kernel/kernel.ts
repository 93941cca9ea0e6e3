import type { Account } from '../api/account.ts';
import type { Input } from '../api/codec.ts';
import type { Connection } from '../api/connection.ts';
import { askUsername, type UsernameDecision } from '../api/decisions.ts';
import { Messages } from '../messages/messages.ts';
import { FlushScheduler } from '../wire/flush-scheduler.ts';
import { Answers } from './answers.ts';
import { Authentication } from './authenticate.ts';
import { ClientSession } from './client-session.ts';
import type { KernelEnvironment, KernelGeneration, LiveCodec, SessionLimits } from './environment.ts';
import { LoginRestarted, SessionClosed } from './errors.ts';
import { KeyedQueue } from './keyed-queue.ts';
import type { SessionContext } from './session-context.ts';

/** Holds connections and runs hooks. Every feature belongs to a plugin. */
export class Kernel implements SessionContext {
  readonly environment: KernelEnvironment;
  limits: SessionLimits;
  generation: KernelGeneration;
  readonly flushes: FlushScheduler;
  readonly messages: Messages = new Messages(this);
  readonly retries = new KeyedQueue<string>();
  /** Admits the logins to one account one at a time. */
  readonly #admissions = new KeyedQueue<number>();
  readonly #sessions = new Set<ClientSession>();
  /** Sessions that are still in `onConnect`. */
  readonly #arriving = new Set<ClientSession>();
  /** Running `onDisconnect` handlers of ended sessions. */
  readonly #farewells = new Set<Promise<void>>();
  #count = 0;
  #closing: string | undefined;

  constructor(environment: KernelEnvironment, limits: SessionLimits, generation: KernelGeneration) {
    this.environment = environment;
    this.limits = limits;
    this.generation = generation;
    this.flushes = new FlushScheduler(environment.counters);
  }

  /** Makes another generation live. Connections and sessions stay. */
  swap(generation: KernelGeneration, limits: SessionLimits): void {
    this.generation = generation;
    this.limits = limits;
    this.messages.follow();
  }

  sessions(): IterableIterator<ClientSession> {
    return this.#sessions.values();
  }

  /**
   * Takes a connection that a transport accepted.
   * @param codec the listener's codec
   * @throws what the codec throws when it fails to open; the connection is destroyed then
   */
  accept(connection: Connection, codec: LiveCodec): ClientSession {
    let session: ClientSession;
    try {
      session = new ClientSession(++this.#count, connection, codec, this);
    } catch (cause) {
      connection.stream.destroy();
      throw cause;
    }
    this.#sessions.add(session);
    this.#arriving.add(session);
    if (this.#closing === undefined) void this.#converse(session);
    else session.close(this.#closing);
    return session;
  }

  /**
   * Runs the guards of `onAdmit`, then puts the session online and welcomes it. Logins to one account queue, so that no
   * other comes between the guards and the session's being online.
   */
  admit(session: ClientSession, account: Account): Promise<UsernameDecision | undefined> {
    return this.#admissions.run(account.id, async () => {
      if (session.ended) throw new SessionClosed();
      const passage = await this.generation.hooks.onAdmit.guard.run(session, account);
      let objection = passage.refusal;
      try {
        if (session.ended) throw new SessionClosed();
        // No await from here to the welcome.
        if (session.basis?.expired || this.environment.accounts.isRemoved(account.id)) objection ??= askUsername();
        if (objection !== undefined) return objection;
        for (const other of this.messages.online.of(account.id)) if (session.replaces(other)) other.close('replaced');
        session.account = account;
        this.messages.connect(session, account);
        session.send({ kind: 'welcome', account });
        return undefined;
      } finally {
        passage.settle(objection);
      }
    });
  }

  ended(session: ClientSession, reason: string): void {
    this.#sessions.delete(session);
    this.messages.disconnect(session);
    const isRefused = this.#arriving.has(session) && reason !== 'gone';
    this.#logArrival(session, isRefused ? reason : undefined);
    if (!isRefused) {
      const seconds = Math.round(session.age) / 1000;
      this.environment.logger.info({ event: 'disconnect', ...session.who, reason, seconds }, 'disconnected');
    }
    const observing = this.generation.hooks.onDisconnect.observe.run(session, reason);
    if (!(observing instanceof Promise)) return;
    const farewell: Promise<void> = observing.finally(() => this.#farewells.delete(farewell));
    this.#farewells.add(farewell);
  }

  /**
   * Closes every session with a reason, and accepts no more. Running commands are answered first, for up to the limits'
   * `drainTime`.
   * @returns once all connections are gone, at most `closeTime` after that, and every `onDisconnect` has run
   */
  async close(reason: string): Promise<void> {
    this.#closing = reason;
    const sessions = [...this.#sessions];
    const cancel = this.environment.clock.after(this.limits.drainTime, () => {
      for (const session of sessions) {
        if (session.ended) continue;
        this.environment.counters.countLimitHit('drain-time');
        session.close(reason);
      }
    });
    for (const session of sessions) session.inputs.lines.close();
    await Promise.all(sessions.map((session) => new Promise<void>((resolve) => session.onClosed(resolve))));
    cancel();
    await Promise.all(this.#farewells);
  }

  /** Runs one session from its first line to its last. */
  async #converse(session: ClientSession): Promise<void> {
    let answers: Answers | undefined;
    try {
      const account = await session.ensureOpen(this.#enter(session));
      if (account === undefined) return;
      this.environment.logger.info({ event: 'login', ...session.who }, 'logged in');
      await session.ensureOpen(this.generation.hooks.onLogin.observe.run(session));
      await session.ensureOpen(this.messages.open(session, account));
      answers = new Answers(session, (cause) => this.#fail(session, cause));
      await this.#poll(session, answers);
      for (;;) {
        if (session.questions.pollDeferred) await this.#poll(session, answers);
        const input = session.inputs.next();
        const busy = input === undefined ? session.inputs.arrival() : this.#answer(input, session, answers);
        if (busy !== undefined) await busy;
      }
    } catch (cause) {
      // A client that has ended its side still gets its answers.
      if (cause instanceof SessionClosed) await answers?.given();
      this.#fail(session, cause);
    }
  }

  /** Lets a client in and logs it in. @returns its account, or undefined if the session was closed instead */
  async #enter(session: ClientSession): Promise<Account | undefined> {
    const { guard, observe } = this.generation.hooks.onConnect;
    const passage = await guard.run(session);
    passage.settle(passage.refusal);
    if (session.ended) throw new SessionClosed();
    if (passage.refusal !== undefined) return void session.close(passage.refusal.reason);
    this.#logArrival(session);
    if (observe.isUsed()) await session.ensureOpen(observe.run(session));
    const login = new Authentication(session);
    for (;;) {
      try {
        await this.generation.loginDialogue?.conduct(session, login);
        if (session.account === undefined) session.close('internal');
        return session.account;
      } catch (thrown) {
        if (!(thrown instanceof LoginRestarted)) throw thrown;
      }
    }
  }

  #answer(input: Input, session: ClientSession, answers: Answers): Promise<void> | undefined {
    switch (input.kind) {
      case 'command':
        return answers.add(input, this.generation);
      case 'later':
        if (session.inputs.throttled) return answers.addError('rate', input.about);
        return answers.inTurn(() => session.inputs.decide(input));
      case 'invalid':
        return answers.addError(input.reason, input.about);
      case 'reply':
        return answers.addReply(input.text);
      case 'poll':
        return this.#poll(session, answers);
      default:
        return answers.addError('unexpected', input.kind);
    }
  }

  /** Delivers what is queued for a client that polls, and sends `ready`. */
  async #poll(session: ClientSession, answers: Answers): Promise<void> {
    session.questions.pollDeferred = false;
    await answers.given();
    if (session.codec.pollsForMessages) await session.feed.poll();
    session.send({ kind: 'ready' });
  }

  /** Logs once that a session has passed `onConnect`, or why it was refused. */
  #logArrival(session: ClientSession, refused?: string): void {
    if (!this.#arriving.delete(session)) return;
    const { logger } = this.environment;
    const facts = { ...session.who, transport: session.transport };
    if (refused === undefined) logger.info({ event: 'connection', ...facts }, 'connected');
    else logger.info({ event: 'connection-refused', ...facts, reason: refused }, 'a connection was refused');
  }

  #fail(session: ClientSession, cause: unknown): void {
    if (cause instanceof SessionClosed) {
      if (this.#closing === undefined) session.closeWith('gone');
      else session.close(this.#closing);
      return;
    }
    this.environment.logger.error({ event: 'session-error', ...session.who, err: cause }, 'a session failed');
    session.close('internal');
  }
}
