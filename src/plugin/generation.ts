import { resolve } from 'node:path';
import type { Tokens } from '../contracts/service.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Command } from '../kernel/commands.ts';
import { createHooks, HOOKS, type HookName } from '../kernel/hooks.ts';
import type { KernelGeneration } from '../kernel/kernel.ts';
import type { Limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Session } from '../kernel/session.ts';
import type { Contributions, SetupContext } from './define.ts';
import { Guard, type Handler } from './guard.ts';
import type { Loaded } from './load.ts';
import { Mistakes, messageOf } from './mistakes.ts';
import { orderTaps, type Tap } from './order.ts';
import type { Server } from './server.ts';

/** What a generation is set up in. */
export interface Surroundings {
  readonly server: Server;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'handlerTime' | 'setupTime'>;
  /** The folder that paths in the config count from. */
  readonly folder: string;
  /** The services that are there without a plugin. */
  readonly services: ReadonlyMap<string, unknown>;
}

/** A plugin that is set up. */
interface Live {
  readonly loaded: Loaded;
  readonly contributions: Contributions<Tokens>;
  readonly leaves: AbortController;
  readonly kept: Map<string, { value: unknown; close: (() => void | Promise<void>) | undefined }>;
}

/** A live plugin, for who looks at it. */
export interface LivePlugin {
  readonly loaded: Loaded;
  readonly hooks: readonly HookName[];
  /** The names of its commands. */
  readonly commands: readonly string[];
}

/** The set of plugins that is live. It never changes: a reload builds the next one and swaps. */
export class Generation implements KernelGeneration {
  readonly hooks = createHooks();
  readonly commands = new Map<string, Command>();
  readonly services: Map<string, unknown>;
  readonly #live: Live[] = [];
  readonly #guard: Guard;
  readonly #around: Surroundings;

  private constructor(around: Surroundings) {
    this.#around = around;
    this.#guard = new Guard(around.clock, around.logger, around.limits.handlerTime);
    this.services = new Map(around.services);
  }

  /**
   * Sets the plugins up in the order given.
   * @throws Mistakes when one of them cannot be; then those that were set up are disposed of
   */
  static async build(ordered: readonly Loaded[], around: Surroundings): Promise<Generation> {
    const generation = new Generation(around);
    try {
      for (const one of ordered) await generation.#setUp(one);
      generation.#tapAll();
      generation.#addCommands();
      return generation;
    } catch (cause) {
      await generation.dispose();
      throw cause;
    }
  }

  /** The plugins, in the order of set-up. */
  plugins(): readonly LivePlugin[] {
    return this.#live.map(({ loaded, contributions: { hooks = {}, commands = [] } }) => ({
      loaded,
      hooks: Object.keys(hooks) as HookName[],
      commands: commands.map(({ name }) => name),
    }));
  }

  /** Lets everything that meets clients begin. @throws Mistakes when something cannot */
  async start(): Promise<void> {
    for (const { loaded, contributions } of this.#live) {
      try {
        await contributions.start?.();
      } catch (cause) {
        throw new Mistakes([`The plugin '${loaded.key}' could not start: ${messageOf(cause)}`], { cause });
      }
    }
  }

  /** Ends what meets clients. */
  async stop(): Promise<void> {
    for (const { loaded, contributions } of this.#live.toReversed()) await this.#quietly(loaded, contributions.stop);
  }

  /** Ends all plugins, last set up first. A plugin that fails at it is named in the log. */
  async dispose(): Promise<void> {
    for (let live = this.#live.pop(); live !== undefined; live = this.#live.pop()) {
      live.leaves.abort();
      await this.#quietly(live.loaded, live.contributions.dispose);
      for (const { close } of live.kept.values()) await this.#quietly(live.loaded, close);
    }
  }

  async #quietly({ plugin }: Loaded, end: (() => void | Promise<void>) | undefined): Promise<void> {
    try {
      await end?.();
    } catch (cause) {
      this.#around.logger.error({ plugin: plugin.name, err: cause }, `plugin '${plugin.name}' failed to end`);
    }
  }

  async #setUp(loaded: Loaded): Promise<void> {
    const { plugin } = loaded;
    const leaves = new AbortController();
    const kept: Live['kept'] = new Map();
    try {
      const work = plugin.setup(this.#context(loaded, leaves.signal, kept));
      const contributions = (await this.#inTime(Promise.resolve(work))) ?? {};
      this.#live.push({ loaded, contributions, leaves, kept });
      for (const [name, { service }] of Object.entries(plugin.provides)) {
        this.services.set(service, (contributions.provide as Record<string, unknown> | undefined)?.[name]);
      }
    } catch (cause) {
      leaves.abort();
      throw new Mistakes([`The plugin '${loaded.key}' could not be set up: ${messageOf(cause)}`], { cause });
    }
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    const { clock, limits } = this.#around;
    const { promise, reject } = Promise.withResolvers<never>();
    const late = new Error(`it took longer than ${limits.setupTime} ms (limits.setupTime)`);
    const cancel = clock.after(limits.setupTime, () => reject(late));
    return await Promise.race([work, promise]).finally(cancel);
  }

  #context(loaded: Loaded, signal: AbortSignal, kept: Live['kept']): SetupContext<unknown> {
    const { server, logger, clock, folder } = this.#around;
    const services: Record<string, unknown> = {};
    for (const [name, { service }] of Object.entries({ ...loaded.plugin.wants, ...loaded.plugin.needs })) {
      services[name] = this.services.get(service);
    }
    return {
      ...services,
      options: loaded.options,
      server,
      logger,
      clock,
      signal,
      path: (file) => resolve(folder, file),
      keep<T>(key: string, create: () => T, close?: (value: T) => void | Promise<void>): T {
        const old = kept.get(key);
        if (old !== undefined) return old.value as T;
        const value = create();
        kept.set(key, { value, close: close && (() => close(value)) });
        return value;
      },
      perSession<T>(create: (session: Session) => T): (session: Session) => T {
        const values = new WeakMap<Session, { value: T }>();
        return (session) => {
          const held = values.get(session) ?? { value: create(session) };
          values.set(session, held);
          return held.value;
        };
      },
    };
  }

  #tapAll(): void {
    for (const hook of Object.keys(HOOKS) as HookName[]) {
      const target = this.hooks[hook] as unknown as {
        intercept(interceptor: { register(tap: { name: string; fn: Handler }): object }): void;
        tap(name: string, handler: Handler): void;
        tapPromise(name: string, handler: Handler): void;
      };
      target.intercept({ register: (tap) => ({ ...tap, fn: this.#guard.handler(tap.name, hook, tap.fn) }) });
      const awaited = HOOKS[hook].kind.startsWith('Async');
      for (const { plugin, handler } of orderTaps(this.#taps(hook))) {
        if (awaited) target.tapPromise(plugin, handler);
        else target.tap(plugin, handler);
      }
    }
  }

  #taps(hook: HookName): Tap[] {
    return this.#live.flatMap(({ loaded, contributions: { hooks } }) => {
      const entry = hooks?.[hook];
      if (entry === undefined) return [];
      const plugin = loaded.plugin.name;
      if (typeof entry === 'function')
        return [{ plugin, hook, order: 'normal', before: undefined, handler: entry as Handler }];
      return [
        { plugin, hook, order: entry.order ?? 'normal', before: entry.before, handler: entry.handler as Handler },
      ];
    });
  }

  #addCommands(): void {
    const mistakes: string[] = [];
    for (const { loaded, contributions } of this.#live) {
      const plugin = loaded.plugin.name;
      for (const spec of contributions.commands ?? []) {
        const run = this.#guard.command(plugin, spec.name, spec.run);
        const command: Command = { ...spec, aliases: spec.aliases ?? [], plugin, run };
        for (const word of [command.name, ...command.aliases]) {
          const other = this.commands.get(word);
          if (other === undefined) this.commands.set(word, command);
          else
            mistakes.push(
              `Two plugins bring the command '${word}', '${other.plugin}' and '${plugin}': switch one of them off under plugins.`,
            );
        }
      }
    }
    if (mistakes.length > 0) throw new Mistakes(mistakes);
  }
}
