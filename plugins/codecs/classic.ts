import {
  type Codec,
  definePlugin,
  type Input,
  type LineRead,
  LoginDialogue,
  type Message,
  type Output,
  type Question,
  spoken,
} from 'chatserv';
import { decodeLine, encodeLine } from './line.ts';

/**
 * The protocol for the client of chatserv's ancestor, an earlier server. That client reads messages only between
 * commands, up to the line `DONE`, so each command is followed by a poll.
 */
const classic: Codec = {
  name: 'classic',
  pollsForMessages: true,
  open: () => ({ decode, encode }),
  message: (message: Message) => `[${timestamp(message.time)}] ${spoken(message)}\n`,
  entry: (_entry, { time }, line) => (line === undefined ? '' : `[${timestamp(time)}] ${line}\n`),
};

export default definePlugin({
  name: 'classic',
  summary: 'Speaks plain lines with the clients of an earlier server, which read messages only between commands',
  needs: { dialogue: LoginDialogue },
  setup: () => ({ codecs: [classic] }),
});

function decode(line: LineRead, question: Question | undefined): readonly Input[] {
  const [input] = decodeLine(line, question);
  return question === undefined ? [input, { kind: 'poll' }] : [input];
}

function encode(output: Output): string {
  if (output.kind === 'ready') return 'DONE\n';
  if (output.kind === 'closing' && output.reason === 'timeout') return `timeout:${output.seconds ?? 0}\n`;
  return encodeLine(output);
}

/** UTC to the second, as the ancestor wrote it: `11-23-26T20:15:04`. */
function timestamp(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split(/[T.]/);
  const [year = '', month, day] = date.split('-');
  return `${month}-${day}-${year.slice(2)}T${clock}`;
}
