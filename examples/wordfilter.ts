import { definePlugin, refuse, z } from 'chatserv';

/** A filter that refuses: the sender is answered `error:word:message`, and nobody is given the message. */
export default definePlugin({
  name: 'wordfilter',
  summary: 'Refuses messages with words that are not wanted here',
  options: z.strictObject({
    words: z.array(z.string().min(1)).default([]).describe('The words, in any case'),
  }),
  setup({ options }) {
    const unwanted = new Set(options.words.map((word) => word.toLowerCase()));
    return {
      hooks: {
        onMessage: {
          guard({ text }) {
            const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
            return words.some((word) => unwanted.has(word))
              ? refuse('word', 'That word is not wanted here.')
              : undefined;
          },
        },
      },
    };
  },
});
