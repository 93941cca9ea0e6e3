import type { Dialect, Utterance } from '../kernel/dialect.ts';
import type { Message } from '../kernel/message.ts';
import { hearLine, sayLine } from './line.ts';

/**
 * The ancestor's own client works unchanged: messages wait until it is to send its next command, and `DONE`, which is
 * what it waits for, follows them.
 */
export const classic: Dialect = {
  name: 'classic',
  holdsBack: true,
  open: () => ({ hear: hearLine, say }),
  message: ({ time, from, text }: Message) => `[${stamp(time)}] ${from.name}: ${text}\n`,
};

function say(utterance: Utterance): string {
  if (utterance.kind === 'ready') return 'DONE\n';
  if (utterance.kind === 'closing' && utterance.reason === 'timeout') return `timeout:${utterance.seconds ?? 0}\n`;
  return sayLine(utterance);
}

/** UTC to the second, as the ancestor wrote it: `11-23-26T20:15:04`. */
function stamp(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split(/[T.]/);
  const [year = '', month, day] = date.split('-');
  return `${month}-${day}-${year.slice(2)}T${clock}`;
}
