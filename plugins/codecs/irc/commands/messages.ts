import { type Input, nameKey } from 'chatserv';
import type { Call, CommandAnswer, IrcCommands } from '../call.ts';
import { isChannel } from '../names.ts';
import { errorLine } from '../refusals.ts';
import { tagsOf } from '../render/tags.ts';
import type { DraftMessage } from '../wire/message.ts';

/** The most targets of one line. */
const TARGETS_MOST = 4;

/** What clients say. */
export const messageCommands: IrcCommands = {
  PRIVMSG: { run: send, decode },
  NOTICE: { run: send, decode },
};

/** A message to one target as an input at once. */
function decode(call: Call): readonly Input[] | undefined {
  const [target = '', text = ''] = call.params;
  if (target === '' || text === '' || target.includes(',')) return undefined;
  const { word, values } = commandFor(call, target, text);
  const encode = (answer: CommandAnswer) => {
    sent(call, target, text, answer);
    return call.text();
  };
  return [{ kind: 'command', word, values, encode: (output) => encode(output as CommandAnswer) }];
}

async function send(call: Call): Promise<void> {
  const [given = '', text = ''] = call.params;
  const targets = given.split(',').filter((target) => target !== '');
  if (targets.length === 0) return call.numeric('ERR_NORECIPIENT', [], `No recipient given (${call.message.command})`);
  if (text === '') return call.numeric('ERR_NOTEXTTOSEND');
  for (const target of targets.slice(0, TARGETS_MOST)) {
    const { word, values } = commandFor(call, target, text);
    sent(call, target, text, await call.command(word, values));
  }
}

/** The command that sends a text to a target. */
function commandFor({ irc }: Call, target: string, text: string) {
  const { everyone } = irc.options;
  const isToAll = everyone !== '' && nameKey(target) === nameKey(everyone);
  return isToAll ? { word: 'broadcast', values: { text } } : { word: 'message', values: { to: [target], text } };
}

/** Why a message was not sent, if so. */
function problemOf(target: string, answer: CommandAnswer): ((call: Call) => DraftMessage) | undefined {
  if (answer.kind === 'error') {
    const isRefused = isChannel(target) && answer.reason !== 'no-room' && answer.reason !== 'rate';
    if (isRefused) return ({ client }) => client.numericLine('ERR_CANNOTSENDTOCHAN', [target], answer.sentence);
    return (call) => errorLine(call, answer, target);
  }
  const unknown = answer.facts?.unknown;
  const isUnknown = Array.isArray(unknown) && unknown.length > 0;
  return isUnknown ? ({ client }) => client.numericLine('ERR_NOSUCHNICK', [target]) : undefined;
}

/** Answers a message that was sent or refused: with nothing, with an error, or with an echo. */
function sent(call: Call, target: string, text: string, answer: CommandAnswer): void {
  const { client, irc, message, account } = call;
  const problem = problemOf(target, answer);
  // A notice is never answered, so that programs cannot go on for ever.
  if (problem !== undefined && message.command === 'NOTICE') return;
  if (problem !== undefined) {
    call.line(problem(call));
    return;
  }
  if (answer.kind === 'error' || !client.has('echo-message')) return;
  const id = Number(answer.facts?.id ?? 0);
  const posted = client.takePosted(id);
  const facts = { id, account, time: posted?.time ?? irc.clock.now() };
  const tags = tagsOf((capability) => client.has(capability), facts);
  call.line({ tags, source: client.source, command: message.command, params: [target, posted?.text ?? text] });
}
