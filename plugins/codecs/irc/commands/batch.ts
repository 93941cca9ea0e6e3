import { nameKey } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { MULTILINE_BYTES, MULTILINE_LINES, Multiline } from '../messages/multiline.ts';
import { CONCAT, MULTILINE } from '../render/said.ts';
import { say } from './messages.ts';

/** How a client may call a batch. */
const REFERENCE = /^[a-z0-9-]+$/i;

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

function begin(call: Call, reference: string, type: string, target: string) {
  const { client, message } = call;
  const isOpen = client.multiline !== undefined && !client.multiline.isRefused;
  client.multiline = new Multiline(reference, target, message.tags, call.label);
  if (!REFERENCE.test(reference)) return fail(call, 'INVALID_REFTAG', [reference], 'Use letters, digits and hyphens');
  if (type !== MULTILINE) return fail(call, 'UNKNOWN_TYPE', [reference, type], 'Clients send no such batches');
  if (target === '') return fail(call, 'MULTILINE_INVALID', [], 'A message needs a target');
  if (isOpen) return fail(call, 'MULTILINE_INVALID', [], 'Another message was not sent yet');
  // The end of the batch is answered.
  call.isSilent = true;
}

/** Takes a line of the batch that the client has opened. It is answered by the end of the batch, or refused at once. */
export function collect(call: Call) {
  const { client, message, params } = call;
  const { multiline } = client;
  const [target = '', text = ''] = params;
  const { command, tags } = message;
  const isContinued = tags.has(CONCAT);
  call.isSilent = true;
  if (multiline === undefined || multiline.reference !== tags.get('batch')) {
    return fail(call, 'MULTILINE_INVALID', [], 'This line belongs to no message');
  }
  if (multiline.isRefused) return;
  if (nameKey(target) !== nameKey(multiline.target)) {
    const targets = [multiline.target, target];
    return fail(call, 'MULTILINE_INVALID_TARGET', targets, 'All lines of a message have the same target');
  }
  if ((multiline.command || command) !== command) {
    return fail(call, 'MULTILINE_INVALID', [], 'A message has no lines of both PRIVMSG and NOTICE');
  }
  if (isContinued && text === '') {
    return fail(call, 'MULTILINE_INVALID', [], 'An empty line continues no other');
  }
  multiline.command = command;
  const exceeded = multiline.add({ text, isContinued });
  if (exceeded === 'lines') fail(call, 'MULTILINE_MAX_LINES', [String(MULTILINE_LINES)], 'Too many lines');
  if (exceeded === 'bytes') fail(call, 'MULTILINE_MAX_BYTES', [String(MULTILINE_BYTES)], 'The text is too long');
}

async function end(call: Call, reference: string): Promise<void> {
  const { client } = call;
  const { multiline } = client;
  if (multiline?.reference !== reference) return;
  client.multiline = undefined;
  // The client was told.
  if (multiline.isRefused) return;
  call.label = multiline.label;
  const { target, command, text, tags, parts } = multiline;
  if (text.trim() === '') return fail(call, 'MULTILINE_INVALID', [], 'All lines are blank');
  await say(call, target, { command, text, tags, parts });
}

/** Refuses the message that the client is sending, under its label. What else comes of it is ignored. */
function fail(call: Call, code: string, context: readonly string[], text: string): void {
  const { multiline } = call.client;
  if (multiline !== undefined && !multiline.isRefused) {
    multiline.isRefused = true;
    call.label ??= multiline.label;
  }
  call.line({ command: 'FAIL', params: ['BATCH', code, ...context, text] });
}
