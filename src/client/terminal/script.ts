import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Conversation, type ConversationOptions } from '../conversation.ts';
import type { Received, State } from '../owner.ts';
import { RequestError } from '../requests.ts';
import { EXIT } from './exit.ts';
import { shown } from './safe.ts';
import { closedText, lostText } from './wording.ts';
import { commandOf, commandsOr, messageIn } from './words.ts';

/** How long a lost connection is tried again, in milliseconds. */
const PATIENCE = 60_000;

/** What a script is run with. */
export interface ScriptOptions {
  readonly open: ConversationOptions['open'];
  readonly login: ConversationOptions['login'];
  readonly input: Readable;
  readonly output: Writable;
  /** What goes wrong is said here. */
  readonly errors: Writable;
  /** How many lines are read ahead of their answers. */
  readonly ahead?: number;
}

/**
 * Sends each line of the input as a command, prints answers and messages as the line protocol would (docs/protocol.md),
 * waits for the last answer, and leaves. Errors go where they do not mix with answers.
 * @returns the exit code
 */
export async function runScript({ open, login, input, output, errors, ahead = 64 }: ScriptOptions): Promise<number> {
  const print = (stream: Writable, text: string) => void stream.write(`${shown(text)}\n`);
  let code = 0;
  let wasOnline = false;
  let cancelPatience: NodeJS.Timeout | undefined;
  // What waited for the account is printed, also where nothing is asked for, and after each lost connection.
  let behind = true;
  let upToDate = Promise.withResolvers<void>();
  const caughtUp = () => {
    behind = false;
    upToDate.resolve();
  };
  const state = (now: State) => {
    if (now.state === 'online') {
      wasOnline = true;
      clearTimeout(cancelPatience);
      cancelPatience = undefined;
    } else if (now.state === 'lost') {
      if (!behind) upToDate = Promise.withResolvers();
      behind = true;
      const giveUp = () => {
        code = EXIT.noConnection;
        print(errors, `chatserv: no connection: ${lostText(now.why)}`);
        conversation.close();
      };
      if (wasOnline) cancelPatience ??= setTimeout(giveUp, PATIENCE);
      else giveUp();
    } else if (now.state === 'closed') {
      clearTimeout(cancelPatience);
      lines.close();
      caughtUp();
      if (now.why === 'left' || now.why === 'goodbye') return;
      code = EXIT.refused;
      print(errors, `chatserv: ${closedText(now)}`);
    }
  };
  const message = ({ time, from, text }: Received) => print(output, `[${seconds(time)}] ${from}: ${text}`);
  const conversation = new Conversation({ open, login, owner: { state, message, caughtUp } });
  const lines = createInterface({ input });
  const interrupted = () => {
    code ||= EXIT.interrupted;
    lines.close();
    void conversation.leave();
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  conversation.start();

  const answers = new Set<Promise<void>>();
  const failed = (cause: unknown) => {
    if (!(cause instanceof RequestError)) throw cause;
    if (cause.reason === 'closed') return;
    code ||= EXIT.error;
    print(errors, `error:${cause.reason}:${cause.about}`);
  };
  for await (const line of lines) {
    const request = send(conversation, line);
    if (request === undefined) continue;
    const answer = request
      .then(({ text, lines: several, facts }) => {
        // A message that did not reach everyone whom it was for is no success.
        if (Array.isArray(facts?.unknown) && facts.unknown.length > 0) code ||= EXIT.error;
        for (const said of several ?? [text ?? '']) print(output, said);
      })
      .catch(failed)
      .finally(() => answers.delete(answer));
    answers.add(answer);
    if (answers.size >= ahead) await Promise.race(answers);
  }
  await Promise.all(answers);
  await upToDate.promise;
  await conversation.leave();
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  return code;
}

/** Sends a line as a command; messages so that they can be sent again. */
function send(conversation: Conversation, line: string): ReturnType<Conversation['command']> | undefined {
  const [, word = '', text = ''] = /^\/?(\S*) ?(.*)$/s.exec(line) ?? [];
  if (word === '') return undefined;
  const name = commandOf(word, commandsOr(conversation.commands))?.name ?? word;
  const message = messageIn(name, text);
  if (message?.kind === 'message') return conversation.message(message.to, message.text);
  return conversation.command(name, text);
}

/** RFC 3339 in UTC, to the second, as the line protocol writes it. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
