import type { Account, Input, Output, Values } from 'chatserv';
import type { Client } from './client.ts';
import { COMMANDS } from './commands/index.ts';
import { errorLine } from './commands/refusals.ts';
import type { Irc } from './irc.ts';
import type { DraftMessage, IrcMessage } from './wire/message.ts';
import type { Numeric } from './wire/numerics.ts';

/** The answer of one of the server's commands: what `Codec.encode` would be given. */
export type CommandAnswer = Extract<Output, { readonly kind: 'answer' | 'error' }>;

/** What a command that sends a message is told about it. */
export type MessageFacts = Pick<Extract<Input, { readonly kind: 'command' }>, 'form' | 'reply' | 'once'>;

/** How a client's line is answered. */
export interface IrcCommand {
  /** The fewest parameters, none by default. */
  readonly least?: number;
  /** Whether it waits for the lines of other clients, which must then not wait for it. */
  readonly isBarrier?: boolean;
  /** Answers the line, in the client's turn. */
  run(call: Call): void | Promise<void>;
  /**
   * The line as inputs at once, so that several can be under way: for commands that clients send many of. `run` answers
   * those that it leaves to it.
   */
  decode?(call: Call): readonly Input[] | undefined;
}

/** Commands by name. */
export type IrcCommands = Readonly<Record<string, IrcCommand>>;

/** What the kernel makes of a line of a client that is logged in. */
export function inputsOf(client: Client, message: IrcMessage): readonly Input[] {
  const { command, params } = message;
  const spec = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  const call = new Call(client, message);
  if (spec === undefined) {
    call.numeric('ERR_UNKNOWNCOMMAND', [command]);
  } else if (params.length < (spec.least ?? 0)) {
    call.numeric('ERR_NEEDMOREPARAMS', [command]);
  } else {
    call.isAnswered = spec.isBarrier ? () => {} : client.irc.underway.begin(client);
    const direct = call.label === undefined ? spec.decode?.(call) : undefined;
    return direct ?? [{ kind: 'later', about: command, decide: () => call.begin(spec) }];
  }
  return [{ kind: 'reply', text: call.text() }];
}

/** One line of a client while it is answered. Its lines are sent together. */
export class Call {
  readonly client: Client;
  readonly irc: Irc;
  readonly message: IrcMessage;
  readonly params: readonly string[];
  /** The label that the answer carries, if any: the client's for this line, or for the batch that this line ends. */
  label: string | undefined;
  /** Whether it has no answer of its own, not even under its label. */
  isSilent = false;
  /** Called once the answer is there. */
  isAnswered = (): void => {};
  readonly #lines: DraftMessage[] = [];
  /** Continues what waits for the next inputs of this line. */
  #inputs = Promise.withResolvers<readonly Input[]>();

  constructor(client: Client, message: IrcMessage) {
    this.client = client;
    this.irc = client.irc;
    this.message = message;
    this.params = message.params;
    this.label = (client.has('labeled-response') && message.tags.get('label')) || undefined;
  }

  /** The client's account. */
  get account(): Account {
    return this.client.account;
  }

  /** Adds a line to the answer, from the server unless it has another source. */
  line(line: DraftMessage): void {
    this.#lines.push(line);
  }

  /** Adds a numeric to the answer. @param text instead of its usual text */
  numeric(name: Numeric, params: readonly string[] = [], text?: string): void {
    this.line(this.client.numericLine(name, params, text));
  }

  /** Adds a standard reply to the answer. @param context what it is about, besides the command */
  standard(type: 'FAIL' | 'WARN' | 'NOTE', code: string, context: readonly string[], text: string): void {
    this.line({ command: type, params: [this.message.command, code, ...context, text] });
  }

  /** Adds the reason for which one of the server's commands refused the line. @param target what the line was about */
  refuse(error: Output, target = ''): void {
    this.line(errorLine(this, error, target));
  }

  /** Calls one of the server's commands, one at a time. @param more about a message @returns its answer */
  command(word: string, values: Values = {}, more: MessageFacts = {}): Promise<CommandAnswer> {
    const answer = Promise.withResolvers<CommandAnswer>();
    const { resolve } = this.#inputs;
    this.#inputs = Promise.withResolvers();
    const { promise: rest } = this.#inputs;
    const encode = (output: Output) => {
      answer.resolve(output as CommandAnswer);
      return '';
    };
    resolve([
      { kind: 'command', word, values, ...more, encode },
      { kind: 'later', about: this.message.command, decide: () => rest },
    ]);
    return answer.promise;
  }

  /** Runs a command of IRC. @returns the first inputs that come of it */
  begin(spec: IrcCommand): Promise<readonly Input[]> {
    const { promise } = this.#inputs;
    void this.#run(spec);
    return promise;
  }

  async #run(spec: IrcCommand): Promise<void> {
    try {
      await spec.run(this);
    } catch (err) {
      const { logger } = this.irc;
      const { command } = this.message;
      const facts = { event: 'plugin-error', plugin: 'irc', command, ...this.client.session.who, err };
      logger.error(facts, `the command ${command} failed`);
      this.numeric(
        'ERR_UNKNOWNERROR',
        [command],
        'The server failed to do that: try again, or ask whoever runs it to look at its log.',
      );
    }
    this.#inputs.resolve([{ kind: 'reply', text: this.text() }]);
  }

  /** The lines of the answer so far as text, under its label if there is one. */
  text(): string {
    const { client, label } = this;
    this.isAnswered();
    const lines = this.#lines.splice(0);
    const [first] = lines;
    if (this.isSilent && first === undefined) return '';
    if (label === undefined) return lines.map((line) => client.text(line)).join('');
    if (first === undefined) return client.text({ tags: new Map([['label', label]]), command: 'ACK' });
    if (lines.length === 1 || isBatch(lines)) {
      const [labelled, ...others] = [withTag(first, 'label', label), ...lines.slice(1)];
      return [labelled, ...others].map((line) => client.text(line)).join('');
    }
    const batch = client.nextBatch();
    return [
      client.text({ tags: new Map([['label', label]]), command: 'BATCH', params: [`+${batch}`, 'labeled-response'] }),
      // Lines of a batch within it belong to that one.
      ...lines.map((line) => client.text(line.tags?.has('batch') ? line : withTag(line, 'batch', batch))),
      client.text({ command: 'BATCH', params: [`-${batch}`] }),
    ].join('');
  }
}

/** Whether lines are one batch, which then carries their label. */
function isBatch(lines: readonly DraftMessage[]): boolean {
  const [first, last] = [lines[0], lines.at(-1)];
  const [reference = ''] = first?.params ?? [];
  return first?.command === 'BATCH' && last?.command === 'BATCH' && last.params?.[0] === `-${reference.slice(1)}`;
}

function withTag(line: DraftMessage, key: string, value: string): DraftMessage {
  return { ...line, tags: new Map([[key, value], ...(line.tags ?? [])]) };
}
