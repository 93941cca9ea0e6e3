import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SteadyClock } from '../api/clock.ts';
import type { Codec } from '../api/codec.ts';
import type { CommandCall } from '../api/command-call.ts';
import type { Reply } from '../api/decisions.ts';
import type { Entry } from '../api/entry.ts';
import type { Handlers, HookName, PhaseOf } from '../api/handlers.ts';
import type { Logger } from '../api/logger.ts';
import type { Session } from '../api/session.ts';
import type { ResultOfAny } from '../hooks/phases.ts';
import type { Params, ValuesOf } from '../params/param.ts';
import type { ProvidedFor, ServicesOf, Tokens } from '../services/service.ts';
import type { WordCount } from './arguments.ts';
import type { PLAIN_PHASES } from './hook-table.ts';
import type { Quota } from './quota.ts';
import type { RestoreContext } from './restore-context.ts';
import type { Server } from './server.ts';

/** A handler, or one with its order among those of its phase and a filter. */
export type Ordered<H> =
  | H
  | {
      /**
       * Returns whether to call the handler. For handlers that most calls do not concern: a filter costs next to nothing,
       * because it is neither counted nor timed. It is synchronous and changes nothing; if it throws, the handler is called.
       */
      readonly filter?: H extends (...args: infer Args) => unknown ? (...args: Args) => boolean : never;
      /** `pre`: before the handlers without an order; `post`: after them. */
      readonly order?: 'pre' | 'post';
      readonly handler: H;
    };

/**
 * A plain function is a handler of the hook's plain phase (docs/plugins/hooks.md). One of `onMessage` or `onCommand` that was
 * written for the last release may refuse or answer too, which the log reports as deprecated.
 */
export type PlainHandler<H extends HookName> = (
  ...args: Parameters<Extract<Handlers[H][(typeof PLAIN_PHASES)[H] & PhaseOf<H>], (...args: never[]) => unknown>>
) => ResultOfAny<Handlers[H]> | undefined | Promise<ResultOfAny<Handlers[H]> | undefined>;

/**
 * A handler as written for the last release. It is accepted for one more release, with a notice in the log.
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

/** The context of a plugin's set-up, besides the services that it needs and wants, under its own names for them. */
export interface SetupContext<Options> {
  /** The plugin's options, checked and with defaults. */
  readonly options: Options;
  /** Posts messages, and lists sessions and commands. */
  readonly server: Server;
  /** The server's log. */
  readonly logger: Logger;
  /** The server's clock. Use no other, since tests move it; measure durations by `monotonic`. */
  readonly clock: SteadyClock;
  /** Aborted when the plugin is disposed of: end timers, handles and listeners with it. */
  readonly signal: AbortSignal;
  /**
   * Whether this process needs the plugin's data for itself alone, as a server and an import do. Other commands, such as
   * `chatserv user list`, work beside a running server.
   */
  readonly exclusive: boolean;
  /**
   * Whether this is a dry run, as for `chatserv check` and `chatserv plugins`: do not make or change anything that outlives
   * it. A store may provide an empty one that is discarded when the plugin is disposed of.
   */
  readonly dryRun: boolean;
  /** Resolves a path from the config relative to the folder of the config file. */
  path(file: string): string;
  /**
   * A value that outlives a reload of this plugin: created at the first call for the key, and passed on to the plugin's
   * successor when it asks for the same key: `const votes = hotState('votes', () => new Map<number, string>())`.
   * @param close called when no successor asked for the value, or at shutdown
   */
  hotState<T>(key: string, create: () => T, close?: (value: T) => void | Promise<void>): T;
  /**
   * A quota that outlives a reload, and in which the servers of a chat count together: `const logins = quota('logins')`.
   * What one server takes, others count a moment later.
   */
  quota(name: string): Quota;
  /** @deprecated `hotState` */
  keep: SetupContext<unknown>['hotState'];
  /**
   * A private value per session, created at the first call and garbage-collected with the session:
   * `const bucket = perSession(() => ({ left: 20 }))`, and then `bucket(session).left--`.
   */
  perSession<T>(create: (session: Session) => T): (session: Session) => T;
}

/**
 * A kind of log entries besides messages: edits, reactions, polls; or how one of the log's own kinds is shown
 * (`redaction`, `join`, `leave`, `rename`), which nobody else appends.
 */
export interface KindSpec {
  /** Lower-case words with hyphens. Two plugins cannot define the same kind. */
  readonly name: string;
  /** The version of the schema, which each entry records. */
  readonly version: number;
  /** The schema of an entry's data, any Standard Schema; the data must be JSON. */
  readonly schema: StandardSchemaV1;
  /** Whether its entries count as unread. */
  readonly counts: boolean;
  /**
   * Whether clients are told of an entry, which they are by default. Synchronous, and called once for all recipients.
   */
  isShown?(entry: Entry): boolean;
  /**
   * The text of an entry on a plain line, after its time; undefined, or without this method, no line is sent. Synchronous,
   * and called once for all recipients. The entry may be of an earlier version, with a body by that version's schema.
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
  /** Its codecs, named by the option `codec` of listeners. */
  readonly codecs?: readonly Codec[];
  /** The kinds of entries that it defines. */
  readonly kinds?: readonly KindSpec[];
  /** The services that it provides, under the names of `provides`. */
  readonly provide?: ProvidedFor<Provides>;
  /**
   * Called when every plugin is set up: begin here to serve clients, such as with a listener. Called again after a failed
   * reload that would have replaced this plugin.
   */
  readonly start?: () => void | Promise<void>;
  /** Stops serving clients: called at shutdown before sessions are closed, and when a reload removes the plugin. */
  readonly stop?: () => void | Promise<void>;
  /** Releases everything, once none of the plugin's handlers runs; at shutdown after the plugins that use its services. */
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
  /** Its name in the config and for other plugins: lower-case words with hyphens. */
  readonly name: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** The schema of its options, any Standard Schema; without one it takes none. */
  readonly options?: Schema;
  /** Services without which it cannot run. */
  readonly needs?: Needs;
  /** Services that it uses if a plugin provides them. */
  readonly wants?: Wants;
  /** Services that it provides. */
  readonly provides?: Provides;
  /** Environment variables that set options, as `{ lockoutDuration: 'BLOCK_TIME' }`. The variable overrides the config. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Called once, before clients are served and after the plugins whose services it needs; it may be async.
   * `chatserv check` and `chatserv plugins` call it too without starting anything: begin what others can notice in `start`.
   */
  setup(
    context: SetupContext<StandardSchemaV1.InferOutput<Schema>> & ServicesOf<Needs> & Partial<ServicesOf<Wants>>,
  ): SetupResult<Provides> | Promise<SetupResult<Provides>>;
  /**
   * Puts a backup in place of what the plugin stores: all of it, or nothing if it throws or is interrupted. `chatserv restore`
   * calls it instead of `setup`.
   * @returns what was done, a sentence each
   * @throws a sentence when that is impossible, as while a server uses the store
   */
  restore?(context: RestoreContext<StandardSchemaV1.InferOutput<Schema>>): Promise<readonly string[]>;
}

/** A plugin without its types, as the host handles it. */
export interface Plugin {
  readonly name: string;
  readonly summary: string;
  readonly options?: StandardSchemaV1;
  readonly needs: Tokens;
  readonly wants: Tokens;
  readonly provides: Tokens;
  readonly environment: Readonly<Record<string, string>>;
  /** Its options in a config, see `withOptions`. */
  readonly given?: object;
  setup(context: SetupContext<unknown>): Contributions<Tokens> | undefined | Promise<Contributions<Tokens> | undefined>;
  restore?(context: RestoreContext<unknown>): Promise<readonly string[]>;
}

/** A plugin with the type of its options, for the types of configs. */
export interface PluginOf<Options> extends Plugin {
  /** Carries the type only; it is never set. */
  readonly takes?: Options;
}

/** The type of a plugin's options in a config. */
export type OptionsOf<P> = P extends PluginOf<infer Options> ? Options : never;

type NoOptions = StandardSchemaV1<Record<string, never>, Record<string, never>>;

/** Defines a plugin; a plugin file's default export. */
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

/** A plugin with options as an entry of a config: `{ roll: withOptions(roll, { sides: 20 }) }`. */
export function withOptions<Options extends object>(plugin: PluginOf<Options>, options: Options): PluginOf<Options> {
  return { ...plugin, given: options };
}

/** A command as data: usage, help, checks of arguments and rights, completion and the docs come from here. */
export interface CommandSpec<P extends Params = Params> {
  /** The word that calls it. The server does not start if two plugins contribute the same word. */
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
  /** Its usage, where the one made from `params` is not good enough. */
  readonly usage?: string;
  /** How many words may follow a command that reads `call.rest` or `call.args` itself. @deprecated declare `params` */
  readonly args?: WordCount;
  /**
   * Whether calls of such commands may overlap, each from when the one before it calls `proceed`: many messages of one
   * client then share the wait for the disk. Answers are still sent in order.
   */
  readonly overlaps?: boolean;
  /** The role that an account must have; others are answered `error:denied:<command>`. Without it everyone may call. */
  readonly role?: string;
  /** Answers a call. An error is answered `error:internal:<command>` and logged. */
  run(call: CommandCall<ValuesOf<P>>): Reply | Promise<Reply>;
}

/** Types the values of a command's `params` in its `run`, for commands that a `setup` returns. */
export function command<P extends Params = {}>(spec: CommandSpec<P>): CommandSpec {
  return spec as CommandSpec;
}

/** The context of a command's code besides the call: its options, and its services under its own names for them. */
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
  /** Services that it uses if a plugin provides them. */
  readonly wants?: Wants;
  /** Answers a call of the command. An error is answered `error:internal:<command>` and logged. */
  run(call: CommandCall<ValuesOf<P>>, context: CommandContext<Schema, Needs, Wants>): Reply | Promise<Reply>;
}

/** Defines a plugin that is one command and has its name; a plugin file's default export. */
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
    // A missing `run` is reported for the command.
    setup: (context) => ({ commands: [command<P>({ ...described, run: run && ((call) => run(call, context)) })] }),
  });
}
