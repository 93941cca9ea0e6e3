import { definePlugin, refuse, z } from 'chatserv';

/** A filter that refuses messages: the sender is answered `error:word:message`, and nobody gets the message. */
export default definePlugin({
  name: 'wordfilter',
  summary: 'Refuses messages that contain unwanted words',
  options: z.strictObject({
    words: z.array(z.string().min(1)).default([]).describe('The words; case is ignored'),
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
