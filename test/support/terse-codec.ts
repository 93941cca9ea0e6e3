import { type Codec, type CodecState, definePlugin, type Input, withoutControls } from 'chatserv';

/** Logs in with `login <name> <password>`, and takes several commands on a line, separated by `;`. */
export const terseState: CodecState = {
  decode(line, question) {
    const text = 'text' in line ? line.text : '';
    const [, username = '', password = ''] = /^login (\S+) (\S+)$/.exec(text) ?? [];
    if (username !== '') return [{ kind: 'login', preset: { username, password } }];
    if (question !== undefined) return [{ kind: 'answer', text }];
    return text.split(';').flatMap((one): Input[] => {
      const [word = '', ...rest] = one.split(' ');
      if (word === '') return [];
      if (word === 'ping') return [{ kind: 'reply', text: `pong ${rest.join(' ')}\n` }];
      return [{ kind: 'command', word, rest: rest.join(' ') }];
    });
  },
  encode(output) {
    if (output.kind === 'answer') return `= ${output.reply}\n`;
    if (output.kind === 'error') return `! ${output.reason} ${output.about}\n`;
    if (output.kind === 'ask') return output.because === 'start' ? '' : `? ${output.question}\n`;
    return output.kind === 'event' ? '' : `. ${output.kind}\n`;
  },
};

/** A plugin that contributes the codec `terse`. */
export function tersePlugin(codec: Partial<Codec> = {}) {
  const whole: Codec = {
    name: 'terse',
    open: () => terseState,
    message: ({ from, text }) => `${from.name}> ${withoutControls(text)}\n`,
    ...codec,
  };
  return definePlugin({ name: 'terse', summary: 'Speaks tersely', setup: () => ({ codecs: [whole] }) });
}
