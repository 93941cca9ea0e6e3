import type { Account } from '../api/account.ts';
import type { Input } from '../api/codec.ts';
import type { CommandCall, CommandDraft, Values } from '../api/command-call.ts';
import type { Refusal, Reply } from '../api/decisions.ts';
import type { IdempotencyKey, MessageForm } from '../api/message.ts';
import type { Session } from '../api/session.ts';

/** Reads a command's arguments; the host derives it from the command's declaration. */
export interface ArgumentReader {
  /** @param given a line, or values by name @returns the values, or why they are refused */
  read(given: string | Values): { readonly values: Values } | Refusal;
  /** Writes values as a line. */
  write(values: Values): string;
}

/** A command as the kernel runs it. */
export interface KernelCommand {
  /** The word that calls it. */
  readonly name: string;
  /** Whether its calls may run concurrently, each from when the one before it calls `proceed`. */
  readonly overlaps?: boolean;
  /** Whether an account may call it; others get `error:denied:<command>`. Without it everyone may. */
  readonly allows?: (account: Account) => Promise<boolean>;
  /** The plugin that contributes it. */
  readonly plugin: string;
  readonly arguments: ArgumentReader;
  /** Answers a call. An error is answered `error:internal:<word>` and logged. */
  run(call: CommandCall): Reply | Promise<Reply>;
}

/** An input that calls a command. */
export type CommandInput = Extract<Input, { readonly kind: 'command' }>;

/** A call as it passes through `onCommand` to its command. */
export class Call implements CommandDraft {
  readonly session: Session;
  readonly account: Account;
  readonly command: string;
  /** Whether it may be rewritten now. */
  isDraft = false;
  readonly once: IdempotencyKey | undefined;
  readonly reply: number | undefined;
  readonly form: MessageForm | undefined;
  readonly proceed: () => void;
  readonly #arguments: ArgumentReader;
  #given: string | Values;
  #read: ReturnType<ArgumentReader['read']> | undefined;

  constructor(session: Session, account: Account, command: KernelCommand, input: CommandInput, proceed: () => void) {
    this.session = session;
    this.account = account;
    this.command = command.name;
    this.once = input.once;
    this.reply = input.reply;
    this.form = input.form;
    this.proceed = proceed;
    this.#arguments = command.arguments;
    this.#given = input.values ?? input.rest ?? '';
  }

  /** The arguments, read once. */
  read(): ReturnType<ArgumentReader['read']> {
    this.#read ??= this.#arguments.read(this.#given);
    return this.#read;
  }

  get values(): Values {
    const read = this.read();
    return 'values' in read ? read.values : {};
  }

  get rest(): string {
    return typeof this.#given === 'string' ? this.#given : this.#arguments.write(this.#given);
  }

  set rest(line: string) {
    if (!this.isDraft) throw new TypeError("a command's `rest` can be set in the phase `transform` of onCommand only");
    this.#given = line;
    this.#read = undefined;
  }

  get args(): readonly string[] {
    return this.rest.match(/\S+/g) ?? [];
  }
}
