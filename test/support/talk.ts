import type { Duplex } from 'node:stream';
import {
  type Ask,
  Conversation,
  type ConversationOptions,
  type Memory,
  type Owner,
  overStream,
  type Received,
  type ReceivedEntry,
  type Remembered,
  type State,
  type Step,
} from 'chatserv/client';
import { PASSWORD, type TestServer } from 'chatserv/testing';
import { expect, onTestFinished, vi } from 'vitest';

/** A conversation that records what its owner is told. */
export class Talk implements Owner {
  readonly states: State[] = [];
  readonly shown: Received[] = [];
  readonly entries: ReceivedEntry[] = [];
  readonly asked: Ask[] = [];
  readonly caughtUpWith: number[] = [];
  readonly conversation: Conversation;
  /** The stream of the current connection. */
  stream: Duplex | undefined;
  readonly #answers: (Step | undefined)[];

  constructor(server: TestServer, options: Partial<ConversationOptions> = {}, answers: (Step | undefined)[] = []) {
    this.#answers = answers;
    const open = overStream(() => {
      this.stream = server.open();
      return this.stream;
    });
    this.conversation = new Conversation({ open, owner: this, clock: server.clock, random: () => 0, ...options });
    this.conversation.start();
    onTestFinished(() => void this.conversation.close());
  }

  get texts(): string[] {
    return this.shown.map(({ text }) => text);
  }

  async ask(ask: Ask): Promise<Step | undefined> {
    this.asked.push(ask);
    return this.#answers.shift();
  }

  state(state: State): void {
    this.states.push(state);
  }

  message(message: Received): void {
    this.shown.push(message);
  }

  entry(entry: ReceivedEntry): void {
    this.entries.push(entry);
  }

  caughtUp(count: number): void {
    this.caughtUpWith.push(count);
  }

  async is(state: State['state']): Promise<State> {
    await vi.waitFor(() => expect(this.conversation.state.state).toBe(state), { timeout: 20_000 });
    return this.conversation.state;
  }

  async shows(...texts: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.texts).toEqual(texts), { timeout: 20_000 });
  }
}

/** The login of a user who is registered, or becomes so. */
export function as(name: string): Pick<ConversationOptions, 'login'> {
  return { login: { name, password: PASSWORD, register: true } };
}

/** Answers of an owner. */
export const to = (...lines: Step[]) => lines;

/** A memory that lasts as long as the test. */
export function mapMemory(): Memory {
  const known = new Map<string, Remembered>();
  return { recall: (name) => known.get(name), remember: (name, what) => void known.set(name, what) };
}
