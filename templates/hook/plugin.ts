import { definePlugin, refuse, z } from 'chatserv';

export default definePlugin({
  name: 'example',
  summary: 'Refuses messages that are too long, and tidies the others',
  options: z.strictObject({
    longest: z.int().positive().default(500).describe('The longest text, in characters'),
  }),
  setup({ options }) {
    return {
      hooks: {
        // Runs once for each message, before delivery. For the other hooks see chatserv's docs/plugins/hooks.md.
        onMessage: {
          guard({ text }) {
            if ([...text].length <= options.longest) return undefined;
            return refuse('too-long', `A message can have at most ${options.longest} characters.`);
          },
          transform(message) {
            message.text = message.text.trim();
            return undefined;
          },
        },
      },
    };
  },
});
