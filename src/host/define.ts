import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SteadyClock } from '../kernel/clock.ts';
import type { Codec } from '../kernel/codec.ts';
import type { CommandCall } from '../kernel/commands.ts';
import type { Reply } from '../kernel/decisions.ts';
import type { Entry } from '../kernel/entry.ts';
import type { Handlers, HookName, PhaseOf } from '../kernel/hooks.ts';
import type { Logger } from '../kernel/logger.ts';
import type { AnyResult } from '../kernel/phases.ts';
import type { Session } from '../kernel/session.ts';
import type { Params, ValuesOf } from '../params/param.ts';
import type { ProvidedFor, ServicesOf, Tokens } from '../services/service.ts';
import type { WordCount } from './arguments.ts';
import type { PLAIN_PHASES } from './handlers.ts';
import type { Server } from './server.ts';

/** A handler, or one that says when it wants to run among those of other plugins in its phase. */
export type Ordered<H> =
  | H
  | {
      /** `pre`: before the handlers that say nothing; `post`: after them. */
      readonly order?: 'pre' | 'post';
      readonly handler: H;
    };

/**
 * A plain function is a handler of the phase that the table of hooks names. One of `onMessage` or `onCommand` that was
 * written for the last release may refuse too, or answer; the log then says that the next release will not let it.
 */
export type PlainHandler<H extends HookName> = (
  ...args: Parameters<Extract<Handlers[H][(typeof PLAIN_PHASES)[H] & PhaseOf<H>], (...args: never[]) => unknown>>
) => AnyResult<H> | undefined | Promise<AnyResult<H> | undefined>;

/**
 * How handlers were written in the last release: it is taken for one more release, with a notice in the log.
 * @deprecated name the phase: `{ guard: { order: 'pre', handler } }`
 */
export interface ReleasedHandler<H extends HookName> {
  readonly phase?: 'guard';
  readonly order?: 'pre' | 'post';
  readonly handler: PlainHandler<H>;
}

/** A plugin's handlers of one hook, by phase: `{ guard(message) { ... } }`. A plain function is one of the hook's plain phase. */
export type HookHandler<H extends HookName> =
  | PlainHandler<H>
  | { readonly [P in PhaseOf<H>]?: Ordered<Handlers[H][P]> }
  | ReleasedHandler<H>;

/** The hooks that a plugin handles. */
export type HookHandlers = { readonly [H in HookName]?: HookHandler<H> };

/** What a plugin's set-up is given, beside the services that it needs and wants under the names it calls them by. */
export interface SetupContext<Options> {
  /** The plugin's options, checked and with their defaults. */
  readonly options: Options;
  /** Posts messages, and knows sessions and commands. */
  readonly server: Server;
  /** The server's log. */
  readonly logger: Logger;
  /** The server's time, which tests can move: take no other. Durations are measured by `monotonic`. */
  readonly clock: SteadyClock;
  /** Aborted when the plugin leaves: end timers, handles and listeners with it. */
  readonly signal: AbortSignal;
  /**
   * Whether this process needs what the plugin keeps for itself alone, as a server and an import do. Other commands, such
   * as `chatserv user list`, work beside a running server.
   */
  readonly exclusive: boolean;
  /**
   * Whether the set-up is only looked at, as by `chatserv check` and `chatserv plugins`: make and change nothing that
   * outlives it. A store may give one that is empty and is gone when the plugin is disposed of.
   */
  readonly dryRun: boolean;
  /** A path of the config, absolute: relative ones count from the folder of the config file. */
  path(file: string): string;
  /**
   * What outlives a reload of this plugin: made at the first call for the key, handed on to the plugin that takes its
   * place and asks for the same key: `const votes = keep('votes', () => new Map<number, string>())`.
   * @param close ends it, when nobody asked for it any more, or at shutdown
   */
  keep<T>(key: string, create: () => T, close?: (kept: T) => void | Promise<void>): T;
  /**
   * A value a session, made when first asked for and gone with the session; nobody else sees it:
   * `const bucket = perSession(() => ({ left: 20 }))`, and then `bucket(session).left--`.
   */
  perSession<T>(create: (session: Session) => T): (session: Session) => T;
}

/** A kind of entries in the log, beside messages: edits, reactions, polls. */
export interface KindSpec {
  /** Lower-case words with hyphens; two plugins that define one kind fail the check. */
  readonly name: string;
  /** The version of the data's form, which each entry notes. */
  readonly version: number;
  /** What an entry of it holds, any Standard Schema: JSON. */
  readonly schema: StandardSchemaV1;
  /** Whether its entries count as unread. */
  readonly counts: boolean;
  /**
   * What people with a plain line read of an entry, after its time; undefined, or without it, nothing. Synchronous, and
   * called once for all of them. The entry may be of an earlier version, and its body is what that version's schema took.
   */
  line?(entry: Entry): string | undefined;
}

/** What one plugin contributes of one thing, such as its commands. */
export interface Contributed<Spec> {
  readonly plugin: string;
  readonly specs: readonly Spec[];
}

/** What a plugin's set-up returns. */
export interface Contributions<Provides extends Tokens> {
  /** Its handlers, by the hooks' names. */
  readonly hooks?: HookHandlers;
  /** Its commands; a plugin that is one command is made by `defineCommand`. */
  readonly commands?: readonly CommandSpec[];
  /** Its codecs: how clients may speak, by the name that a listener's option `codec` gives. */
  readonly codecs?: readonly Codec[];
  /** The kinds of entries that it defines. */
  readonly kinds?: readonly KindSpec[];
  /** The services that it provides, under the names of `provides`. */
  readonly provide?: ProvidedFor<Provides>;
  /**
   * Called when every plugin is set up: what meets clients, such as a listener, begins here. Called again when a reload
   * failed that would have put another in this plugin's place.
   */
  readonly start?: () => void | Promise<void>;
  /** Ends what meets clients: at shutdown, before the sessions are closed, and when a reload leaves the plugin out. */
  readonly stop?: () => void | Promise<void>;
  /** Ends what the plugin began, when nothing of it runs any more; at shutdown after those that use its services. */
  readonly dispose?: () => void | Promise<void>;
}

type SetupResult<P extends Tokens> = keyof P extends never
  ? Contributions<P> | void
  : Contributions<P> & { readonly provide: ProvidedFor<P> };

/** A plugin: a name, options, what it needs and provides, and a set-up that returns its handlers and commands. */
export interface PluginSpec<
  Schema extends StandardSchemaV1,
  Needs extends Tokens,
  Wants extends Tokens,
  Provides extends Tokens,
> {
  /** What the config and other plugins call it: lower-case words with hyphens. */
  readonly name: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** The schema of its options, any Standard Schema; without one it takes none. */
  readonly options?: Schema;
  /** Services without which it cannot run. */
  readonly needs?: Needs;
  /** Services that it uses where somebody provides them. */
  readonly wants?: Wants;
  /** Services that it provides. */
  readonly provides?: Provides;
  /** Environment variables that set options, as `{ blockTime: 'BLOCK_TIME' }`. The variable wins over the config. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Called once, before clients are served and after the plugins whose services it needs; it may be async.
   * `chatserv check` and `chatserv plugins` call it too, and start nothing: what others can notice begins in `start`.
   */
  setup(
    context: SetupContext<StandardSchemaV1.InferOutput<Schema>> & ServicesOf<Needs> & Partial<ServicesOf<Wants>>,
  ): SetupResult<Provides> | Promise<SetupResult<Provides>>;
}

/** A plugin as the host handles it, its types worn off. */
export interface Plugin {
  readonly name: string;
  readonly summary: string;
  readonly options?: StandardSchemaV1;
  readonly needs: Tokens;
  readonly wants: Tokens;
  readonly provides: Tokens;
  readonly environment: Readonly<Record<string, string>>;
  /** The options that it stands in a config with, see `withOptions`. */
  readonly given?: object;
  setup(context: SetupContext<unknown>): Contributions<Tokens> | undefined | Promise<Contributions<Tokens> | undefined>;
}

/** A plugin that remembers what options it takes, so that a config's types can ask. */
export interface PluginOf<Options> extends Plugin {
  /** Carries the type only; it is never set. */
  readonly takes?: Options;
}

/** The options that a plugin takes in a config. */
export type OptionsOf<P> = P extends PluginOf<infer Options> ? Options : never;

type NoOptions = StandardSchemaV1<Record<string, never>, Record<string, never>>;

/** Makes a plugin of its description; a plugin file's default export. */
export function definePlugin<
  Schema extends StandardSchemaV1 = NoOptions,
  Needs extends Tokens = {},
  Wants extends Tokens = {},
  Provides extends Tokens = {},
>(spec: PluginSpec<Schema, Needs, Wants, Provides>): PluginOf<StandardSchemaV1.InferInput<Schema>> {
  return { needs: {}, wants: {}, provides: {}, environment: {}, ...spec } as unknown as PluginOf<
    StandardSchemaV1.InferInput<Schema>
  >;
}

/** A plugin itself as an entry of a config, with options: `{ roll: withOptions(roll, { sides: 20 }) }`. */
export function withOptions<Options extends object>(plugin: PluginOf<Options>, options: Options): PluginOf<Options> {
  return { ...plugin, given: options };
}

/** A command as data: usage, help, checks of arguments and rights, completion and the docs come from here. */
export interface CommandSpec<P extends Params = Params> {
  /** The word that calls it. Where two plugins bring one word, the server does not start. */
  readonly name: string;
  /** Other words that call it. */
  readonly aliases?: readonly string[];
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /**
   * Its arguments, by name, in the order of a line: `{ minutes: param.number('how far back', { above: 0 }) }`. Wrong ones
   * are answered `error:args:<command>`, and `run` is not called. Without it the command takes none.
   */
  readonly params?: P;
  /** How it is called, where what `params` make of it does not say it well. */
  readonly usage?: string;
  /** How many words may follow, of a command that reads `call.rest` or `call.args` itself. @deprecated declare `params` */
  readonly args?: WordCount;
  /**
   * Whether calls of such commands may be under way together, each from when the one before it says `proceed`: many
   * messages of one client then share the wait for the disk. Answers are given in order all the same.
   */
  readonly overlaps?: boolean;
  /** The role that an account must have; who has not is answered `error:denied:<command>`. Without it everyone may call. */
  readonly role?: string;
  /** Answers a call. What it throws is answered `error:internal:<word>` and logged. */
  run(call: CommandCall<ValuesOf<P>>): Reply | Promise<Reply>;
}

/** Has the values of a command's `params` typed in its `run`, for the commands that a `setup` returns. */
export function command<P extends Params = {}>(spec: CommandSpec<P>): CommandSpec {
  return spec as CommandSpec;
}

/** What a command's code is given beside the call: its options and services, under the names it calls them by. */
export type CommandContext<Schema extends StandardSchemaV1, Needs extends Tokens, Wants extends Tokens> = Pick<
  SetupContext<StandardSchemaV1.InferOutput<Schema>>,
  'options' | 'server' | 'logger' | 'clock'
> &
  ServicesOf<Needs> &
  Partial<ServicesOf<Wants>>;

/** A command that is a plugin of its own. */
export interface CommandPluginSpec<
  Schema extends StandardSchemaV1,
  Needs extends Tokens,
  Wants extends Tokens,
  P extends Params = Params,
> extends Omit<CommandSpec<P>, 'run'> {
  /** The schema of its options, any Standard Schema; without one it takes none. */
  readonly options?: Schema;
  /** Services without which it cannot run. */
  readonly needs?: Needs;
  /** Services that it uses where somebody provides them. */
  readonly wants?: Wants;
  /** Answers a call of the command. What it throws is answered `error:internal:<command>` and logged. */
  run(call: CommandCall<ValuesOf<P>>, context: CommandContext<Schema, Needs, Wants>): Reply | Promise<Reply>;
}

/** Makes a plugin of one command, called by the command's name; a plugin file's default export. */
export function defineCommand<
  Schema extends StandardSchemaV1 = NoOptions,
  Needs extends Tokens = {},
  Wants extends Tokens = {},
  P extends Params = {},
>(spec: CommandPluginSpec<Schema, Needs, Wants, P>): PluginOf<StandardSchemaV1.InferInput<Schema>> {
  const { options, needs, wants, run, ...described } = spec;
  return definePlugin<Schema, Needs, Wants>({
    name: spec.name,
    summary: spec.summary,
    ...(options && { options }),
    ...(needs && { needs }),
    ...(wants && { wants }),
    // Where it is none, that is said of the command.
    setup: (context) => ({ commands: [command<P>({ ...described, run: run && ((call) => run(call, context)) })] }),
  });
}
