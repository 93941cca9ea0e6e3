import { EVERYONE, type Input, type MessageForm } from 'chatserv';
import type { Call, CommandAnswer, IrcCommands } from '../call.ts';
import type { Extras, Part } from '../messages/extras.ts';
import { isChannel } from '../names.ts';
import { RELAYED, type Relayed } from '../render/relayed.ts';
import { isEveryone, saidLines } from '../render/said.ts';
import { askService, isService } from '../services/index.ts';
import { parseCtcp } from '../wire/ctcp.ts';
import { formattingAsMarks, stripFormatting } from '../wire/formatting.ts';
import { type DraftMessage, LINE } from '../wire/message.ts';
import { collect } from './batch.ts';
import { errorLine, wordsOf } from './refusals.ts';
import { addAway } from './status.ts';
import { isStatus, tellModerators } from './statusmsg.ts';
import { relay } from './tagmsg.ts';

/** The most targets of one line. */
const TARGETS_MOST = 4;

/** `PRIVMSG` and `NOTICE`. */
export const messageCommands: IrcCommands = {
  PRIVMSG: { run: send, decode },
  NOTICE: { run: send, decode },
};

/** What a client wants to say. */
export interface Utterance {
  /** `PRIVMSG` or `NOTICE`. */
  readonly command: string;
  readonly text: string;
  /** The tags of the line. */
  readonly tags: ReadonlyMap<string, string>;
  /** The parts, if it came in several. */
  readonly parts?: readonly Part[];
}

/** A message as the server's command takes it. */
interface Prepared {
  readonly text: string;
  readonly form: MessageForm | undefined;
  readonly reply: number | undefined;
  readonly extras: Extras | undefined;
}

/** A message to one target as an input at once. */
function decode(call: Call): readonly Input[] | undefined {
  const { command, tags } = call.message;
  const [target = '', text = ''] = call.params;
  // Tags may need an entry of their own, and an answer may be refused.
  if (
    target === '' ||
    text === '' ||
    isStatus(target) ||
    target.includes(',') ||
    isService(target) ||
    tags.size > 0 ||
    text.startsWith('\x01')
  )
    return undefined;
  const prepared = prepare(call, { command, text, tags });
  if (prepared.text === '' || !fits(call, target, text)) return undefined;
  const encode = (answer: CommandAnswer) => {
    sent(call, target, prepared, answer);
    return call.text();
  };
  const { form } = prepared;
  return [{ kind: 'command', ...commandFor(call, target, prepared), form, encode: (o) => encode(o as CommandAnswer) }];
}

async function send(call: Call): Promise<void> {
  const { command, tags } = call.message;
  const [given = '', text = ''] = call.params;
  if (tags.has('batch')) return collect(call);
  const targets = given.split(',').filter((target) => target !== '');
  if (targets.length === 0) return call.numeric('ERR_NORECIPIENT', [], `No recipient given (${command})`);
  if (stripFormatting(text) === '') return call.numeric('ERR_NOTEXTTOSEND');
  if (!fits(call, given, text)) return call.numeric('ERR_INPUTTOOLONG');
  for (const target of targets.slice(0, TARGETS_MOST)) await say(call, target, { command, text, tags });
}

/** Whether a line has room for its source too, which others are shown. Clients know what fits, and split their texts. */
function fits({ client, message }: Call, target: string, text: string): boolean {
  return Buffer.byteLength(`:${client.source} ${message.command} ${target} :${text}\r\n`) <= LINE;
}

/** Says something to a target, and answers with what came of it. */
export async function say(call: Call, target: string, utterance: Utterance): Promise<void> {
  const { command, text, tags } = utterance;
  if (isStatus(target)) return tellModerators(call, target, utterance);
  // A notice to a service is never answered.
  if (isService(target)) return command === 'NOTICE' ? undefined : askService(call, target, text);
  const ctcp = parseCtcp(text);
  // Questions of one program to another are nobody's to read later.
  if (ctcp !== undefined && (ctcp.command !== 'ACTION' || command === 'NOTICE')) {
    await relay(call, target, { command, text, tags });
    return;
  }
  let prepared = prepare(call, utterance);
  let answer = await post(call, target, prepared);
  if (prepared.reply !== undefined && answer.kind === 'error' && NO_ANSWER.has(answer.reason)) {
    prepared = { ...prepared, reply: undefined };
    answer = await post(call, target, prepared);
  }
  await keepTags(call, prepared, answer);
  sent(call, target, prepared, answer);
}

/** Keeps the tags of a message in the log, for its history. Clients that are online are told them with the message. */
async function keepTags({ irc, account, client }: Call, { extras }: Prepared, answer: CommandAnswer): Promise<void> {
  const { id, room = EVERYONE } = (answer.kind === 'answer' ? answer.facts : undefined) ?? {};
  if (extras === undefined || extras.tags.size === 0 || typeof id !== 'number' || id === 0) return;
  const about = { kind: RELAYED, from: account, to: { room: Number(room) }, of: id, device: client.session.deviceName };
  await irc.server.append({ ...about, data: { tags: Object.fromEntries(extras.tags) } satisfies Relayed });
}

/** Why a message cannot be an answer, although it can be sent. */
const NO_ANSWER: ReadonlySet<string> = new Set(['no-message', 'elsewhere', 'deleted']);

function post(call: Call, target: string, prepared: Prepared): Promise<CommandAnswer> {
  const { word, values } = commandFor(call, target, prepared);
  const { form, reply, extras } = prepared;
  return call.command(word, values, { form, reply, once: extras && call.irc.extras.hold(extras) });
}

function prepare({ irc, client }: Call, { command, text, tags, parts }: Utterance): Prepared {
  const isAction = command === 'PRIVMSG' && parseCtcp(text) !== undefined;
  const unformatted = irc.options.formatting === 'marks' ? formattingAsMarks : stripFormatting;
  const given = tags.get('+draft/reply') ?? tags.get('+reply') ?? '';
  const own = new Map([...tags].filter(([key]) => key.startsWith('+') && key !== '+draft/reply'));
  const plain = parts?.map((part) => ({ ...part, text: unformatted(part.text) }));
  const hasExtras = client.has('message-tags') && own.size > 0;
  return {
    text: unformatted(isAction ? (parseCtcp(text)?.text ?? '') : text),
    form: isAction ? 'action' : command === 'NOTICE' ? 'notice' : undefined,
    reply: /^\d{1,15}$/.test(given) ? Number(given) : undefined,
    extras: hasExtras || plain !== undefined ? { tags: hasExtras ? own : new Map(), parts: plain } : undefined,
  };
}

/** The command that sends a text to a target. */
function commandFor({ irc }: Call, target: string, { text }: Prepared) {
  if (isEveryone(irc, target)) return { word: 'broadcast', values: { text } };
  return { word: 'message', values: { to: [target], text } };
}

/** Why a message was not sent: a function that makes the line; undefined if it was sent. */
export function problemOf(target: string, answer: CommandAnswer): ((call: Call) => DraftMessage) | undefined {
  if (answer.kind === 'error') {
    const isRefused = isChannel(target) && answer.reason !== 'no-room' && answer.reason !== 'rate';
    if (isRefused) return ({ client }) => client.numericLine('ERR_CANNOTSENDTOCHAN', [target], wordsOf(answer));
    return (call) => errorLine(call, answer, target);
  }
  const unknown = answer.facts?.unknown;
  const isUnknown = Array.isArray(unknown) && unknown.length > 0;
  return isUnknown ? ({ client }) => client.numericLine('ERR_NOSUCHNICK', [target]) : undefined;
}

/** Answers a message that was sent or refused: with nothing, with an error, or with an echo. */
function sent(call: Call, target: string, { text, form, reply }: Prepared, answer: CommandAnswer): void {
  const { client, irc, account } = call;
  const problem = problemOf(target, answer);
  // A notice is never answered, so that programs cannot go on for ever.
  if (problem !== undefined && form === 'notice') return;
  if (problem !== undefined) {
    call.line(problem(call));
    return;
  }
  if (form !== 'notice') addAway(call, target);
  if (answer.kind === 'error' || !client.has('echo-message')) return;
  const id = Number(answer.facts?.id ?? 0);
  const posted = client.takePosted(id);
  const said = posted ?? { from: account, kind: form ?? 'message', text, reply, time: irc.clock.now() };
  for (const line of saidLines(irc, { ...said, id }, target, (capability) => client.has(capability))) call.line(line);
}
