import {
  type Codec,
  type CodecState,
  definePlugin,
  type Input,
  type LineRead,
  LoginDialogue,
  type Message,
  type Output,
  plainLine,
  type Question,
  spoken,
  withoutControls,
} from 'chatserv';

/**
 * Questions that send nothing, each with its cause: the client speaks first, and knows that a new password takes two
 * lines.
 */
const SILENT = new Set(['username start', 'new-password-again']);

/** The plain lines of docs/protocol.md, as `nc` speaks them. */
const line: Codec = {
  name: 'line',
  handsOver: true,
  open: () => stateless,
  message: (message: Message) => `${plainLine(message.time, spoken(message))}\n`,
  entry: (_entry, { time }, text) => (text === undefined ? '' : `${plainLine(time, text)}\n`),
};

/** Lines need no state, so all connections share this one. */
const stateless: CodecState = { decode: decodeLine, encode: encodeLine };

export default definePlugin({
  name: 'line',
  summary: 'Speaks plain lines, as a person types them with nc',
  needs: { dialogue: LoginDialogue },
  setup: () => ({ codecs: [line] }),
});

/** Reads a plain line. One that is too long or not UTF-8 answers a question with '', which is never accepted. */
export function decodeLine(line: LineRead, question: Question | undefined): readonly [Input] {
  if (question !== undefined) return [{ kind: 'answer', text: 'text' in line ? line.text : '' }];
  if ('fault' in line) return [{ kind: 'invalid', reason: 'line', about: line.fault }];
  const { text } = line;
  const blank = text.indexOf(' ');
  if (blank < 0) return [{ kind: 'command', word: text, rest: '' }];
  return [{ kind: 'command', word: text.slice(0, blank), rest: text.slice(blank + 1) }];
}

/** Renders an output as a plain line, or several. */
export function encodeLine(output: Output): string {
  switch (output.kind) {
    case 'ask':
      return encodeQuestion(output.question, output.because);
    case 'welcome':
      return lineOf('welcome');
    case 'answer':
      return typeof output.reply === 'string'
        ? lineOf(output.reply)
        : [...output.reply, `end:${output.command}`].map(lineOf).join('');
    case 'error':
      return lineOf(`error:${output.reason}:${output.about}`);
    case 'blocked':
      return lineOf(output.after === 'username' ? `blocked:${output.seconds}` : String(output.seconds));
    case 'event':
    case 'ready':
      return '';
    case 'closing':
      return output.reason === 'goodbye' || output.reason === 'timeout'
        ? lineOf(output.reason)
        : lineOf(`closing:${output.reason}`);
  }
}

function encodeQuestion(question: Question, because: string): string {
  if (SILENT.has(because === '' ? question : `${question} ${because}`)) return '';
  if (question === 'username') return lineOf(because);
  if (question === 'new-password') return lineOf(because === '' ? 'password' : `password:${because}`);
  return lineOf(question);
}

/** One line that cannot be taken for a message, whatever text a plugin returned. */
function lineOf(text: string): string {
  const clean = withoutControls(text);
  return clean.startsWith('[') ? ` ${clean}\n` : `${clean}\n`;
}
