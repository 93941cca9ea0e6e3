import type { Call, IrcCommands } from '../call.ts';
import { MULTILINE_BYTES, MULTILINE_LINES, Multiline } from '../messages/multiline.ts';
import { CONCAT, MULTILINE } from '../render/said.ts';
import { say } from './messages.ts';

/** `BATCH`: messages of several lines, by the IRCv3 draft `multiline`. */
export const batchCommands: IrcCommands = {
  BATCH: {
    least: 1,
    async run(call) {
      const [reference = '', type = '', target = ''] = call.params;
      if (reference.startsWith('+')) begin(call, reference.slice(1), type, target);
      else if (reference.startsWith('-')) await end(call, reference.slice(1));
      else fail(call, 'MULTILINE_INVALID', [], 'A batch begins with + or ends with -');
    },
  },
};

function begin(call: Call, reference: string, type: string, target: string): void {
  const { client, message } = call;
  if (type !== MULTILINE) {
    fail(call, 'UNKNOWN_TYPE', [type], 'Clients send no such batches');
    return;
  }
  if (client.multiline !== undefined || target === '') {
    const why = target === '' ? 'A message needs a target' : 'Another message is being sent';
    fail(call, 'MULTILINE_INVALID', [], why);
    return;
  }
  client.multiline = new Multiline(reference, target, message.tags, call.label);
  // The end of the batch is answered.
  call.isSilent = true;
}

/** Takes a line of the batch that the client has opened. It is answered by the end of the batch, or refused at once. */
export function collect(call: Call): void {
  const { client, message, params } = call;
  const { multiline } = client;
  const [target = '', text = ''] = params;
  const { command, tags } = message;
  const isContinued = tags.has(CONCAT);
  const isRight =
    multiline !== undefined &&
    tags.get('batch') === multiline.reference &&
    target === multiline.target &&
    (multiline.command || command) === command;
  if (!isRight || (isContinued && text === '')) {
    const why = isRight ? 'An empty line continues no other' : 'This line belongs to no message';
    fail(call, 'MULTILINE_INVALID', [], why);
    return;
  }
  multiline.command = command;
  const exceeded = multiline.add({ text, isContinued });
  if (exceeded === 'lines') fail(call, 'MULTILINE_MAX_LINES', [String(MULTILINE_LINES)], 'Too many lines');
  if (exceeded === 'bytes') fail(call, 'MULTILINE_MAX_BYTES', [String(MULTILINE_BYTES)], 'The text is too long');
}

async function end(call: Call, reference: string): Promise<void> {
  const { client } = call;
  const { multiline } = client;
  // It has failed, which the client was told.
  if (multiline?.reference !== reference) return;
  client.multiline = undefined;
  call.label = multiline.label;
  const { target, command, text, tags, parts } = multiline;
  if (text.trim() === '') return call.numeric('ERR_NOTEXTTOSEND');
  await say(call, target, { command, text, tags, parts });
}

/** Refuses a message. What else comes of it is dropped. */
function fail(call: Call, code: string, context: readonly string[], text: string): void {
  call.client.multiline = undefined;
  call.line({ command: 'FAIL', params: ['BATCH', code, ...context, text] });
}
