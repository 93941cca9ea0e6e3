import type { Readable, Writable } from 'node:stream';
import { EVERYONE } from '../../api/entry.ts';
import { commandOf, messageOf } from '../commands.ts';
import { Conversation } from '../conversation.ts';
import type { ConversationOptions } from '../conversation-options.ts';
import type { Ask, Received, ReceivedEntry, State } from '../owner.ts';
import { Reading } from '../reading.ts';
import { RequestError } from '../requests.ts';
import { EXIT } from './exit.ts';
import { closedText, lostText } from './messages.ts';
import { commandsOr } from './parsed-line.ts';
import { onOneLine, shown } from './safe.ts';
import { type ScriptLine, scriptLines } from './script-lines.ts';

/** How long to retry a lost connection, in milliseconds. */
const PATIENCE = 60_000;

/** The options of a script. */
export interface ScriptOptions {
  readonly open: ConversationOptions['open'];
  readonly login: ConversationOptions['login'];
  readonly device?: ConversationOptions['device'];
  readonly input: Readable;
  readonly output: Writable;
  /** Where errors are printed. */
  readonly errors: Writable;
  /** How many lines are read ahead of their answers. */
  readonly ahead?: number;
}

/**
 * Sends each line of the input as a command, prints answers and messages as the line protocol would (docs/protocol.md),
 * waits for the last answer, and logs out. Errors go to a stream of their own.
 * @returns the exit code
 */
export async function runScript({
  open,
  login,
  device,
  input,
  output,
  errors,
  ahead = 64,
}: ScriptOptions): Promise<number> {
  const print = (stream: Writable, text: string) => void stream.write(`${shown(text)}\n`);
  let code = 0;
  let wasOnline = false;
  let cancelPatience: NodeJS.Timeout | undefined;
  // Waiting messages are printed even if the input is empty, and after each lost connection.
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
      input.destroy();
      caughtUp();
      if (now.why === 'left' || now.why === 'goodbye') return;
      code = EXIT.refused;
      print(errors, `chatserv: ${closedText(now, login?.name)}`);
    }
  };
  const message = ({ id, room = EVERYONE, time, from, roomName, text, form }: Received) => {
    if (id > 0) reading.note(room, id);
    const said = onOneLine(form === 'action' ? `* ${from} ${text}` : `${from}: ${text}`);
    print(output, `[${seconds(time)}] ${roomName === undefined ? '' : `${roomName} `}${said}`);
  };
  const entry = ({ time, line }: ReceivedEntry) => {
    if (line !== undefined) print(output, `[${seconds(time)}] ${line}`);
  };
  const ask = async ({ question, command = 'the server' }: Ask) => {
    if (conversation.state.state !== 'online') return undefined;
    code ||= EXIT.error;
    print(errors, `chatserv: ${command} asked '${question}'; a script cannot answer questions.`);
    return undefined;
  };
  const conversation = new Conversation({ open, login, device, owner: { ask, state, message, entry, caughtUp } });
  const reading = new Reading(() => conversation);
  const interrupted = () => {
    code ||= EXIT.interrupted;
    input.destroy();
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
  const notSent = ({ number }: ScriptLine, problem: string) => {
    code ||= EXIT.error;
    print(errors, `chatserv: line ${number} was not sent: ${problem}.`);
  };
  let logout: number | undefined;
  const send = async (line: ScriptLine) => {
    if (logout !== undefined) return notSent(line, `it follows the logout in line ${logout}`);
    if ('problem' in line) return notSent(line, line.problem);
    if (line.word === 'logout' && line.rest.trim() === '') {
      // Sent once everything before it is answered.
      logout = line.number;
      return;
    }
    const answer = call(conversation, line)
      .then(({ text, lines: several, facts }) => {
        // A message that did not reach all of its recipients is an error.
        if (Array.isArray(facts?.unknown) && facts.unknown.length > 0) code ||= EXIT.error;
        for (const said of several ?? [text ?? '']) print(output, said);
      })
      .catch(failed)
      .finally(() => answers.delete(answer));
    answers.add(answer);
    if (answers.size >= ahead) await Promise.race(answers);
  };
  try {
    for await (const line of scriptLines(input)) await send(line);
  } catch (cause) {
    if (input.errored) {
      code ||= EXIT.error;
      print(errors, `chatserv: cannot read the input: ${input.errored.message}`);
    } else if ((cause as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw cause;
  }
  await Promise.all(answers);
  await upToDate.promise;
  await reading.tell();
  await conversation.leave();
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  return code;
}

/** Sends a line as a command, or as a message, which can be retried. */
function call(
  conversation: Conversation,
  { word, rest }: { readonly word: string; readonly rest: string },
): ReturnType<Conversation['command']> {
  const command = commandOf(word, commandsOr(conversation.commands)) ?? { name: word };
  const message = messageOf(command, rest);
  if (message !== undefined) return conversation.message(message.to, message.text);
  return conversation.command(command.name, rest);
}

/** RFC 3339 in UTC, to the second, as the line protocol writes it. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
