import type { Account } from './account.ts';
import type { Hooks } from './hooks.ts';
import { withoutControls } from './message.ts';
import type { Session } from './session.ts';
import { type Reply, refuse } from './verdicts.ts';

/** One call of a command. */
export interface CommandCall {
  readonly session: Session;
  readonly account: Account;
  /** The command's name, also where an alias was typed. */
  readonly command: string;
  /** The rest of the line after the one blank that ends the command's word, as typed. A handler of `onCommand` may set it. */
  rest: string;
  /** The words of `rest`. */
  readonly args: readonly string[];
}

/** A command: what help, the argument check and the docs need to know of it, and what it does. */
export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  /** How it is called: `wholast <minutes>`. */
  readonly usage: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** How many words may follow: outside these bounds the answer is `error:args:<command>` and `run` is not called. */
  readonly args?: { readonly min?: number; readonly max?: number };
  /** The plugin that brings it. */
  readonly plugin: string;
  run(call: CommandCall): Reply | Promise<Reply>;
}

/** How much of a word that is no command is said back, in characters. */
const WORD_SHOWN = 32;

/** Answers one command of a logged-in client, with exactly one answer. */
export async function answer(
  session: Session,
  account: Account,
  { word, rest }: { readonly word: string; readonly rest: string },
  commands: ReadonlyMap<string, Command>,
  hooks: Hooks,
): Promise<void> {
  const command = commands.get(word);
  if (command === undefined) {
    const shown = [...withoutControls(word.slice(0, 2 * WORD_SHOWN))].slice(0, WORD_SHOWN).join('');
    session.say({ kind: 'error', reason: 'command', about: shown });
    return;
  }
  const call = new Call(session, account, command.name, rest);
  let reply: Reply = hooks.onCommand.isUsed() ? await hooks.onCommand.promise(session, call) : undefined;
  if (reply === undefined && !session.ended) reply = fits(call, command) ? await command.run(call) : refuse('args');
  if (reply === undefined) return;
  if (typeof reply === 'string' || isLines(reply)) session.say({ kind: 'answer', command: command.name, reply });
  else if (reply.kind === 'refusal') session.say({ kind: 'error', reason: reply.reason, about: command.name });
  else session.say({ kind: 'answer', command: command.name, reply: reply.text, facts: reply.facts });
}

class Call implements CommandCall {
  readonly session: Session;
  readonly account: Account;
  readonly command: string;
  rest: string;

  constructor(session: Session, account: Account, command: string, rest: string) {
    this.session = session;
    this.account = account;
    this.command = command;
    this.rest = rest;
  }

  get args(): readonly string[] {
    return this.rest.match(/\S+/g) ?? [];
  }
}

function fits(call: CommandCall, { args: { min = 0, max = Number.POSITIVE_INFINITY } = {} }: Command): boolean {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return true;
  const { length } = call.args;
  return length >= min && length <= max;
}

function isLines(reply: Exclude<Reply, undefined>): reply is readonly string[] {
  return Array.isArray(reply);
}
