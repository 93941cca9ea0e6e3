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
        // Once a message, before anyone is given it. The other hooks: docs/plugins.md of chatserv.
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
