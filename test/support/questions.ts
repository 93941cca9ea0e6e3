/** A file with a plugin whose command `order` asks for two things, one of them a secret. */
export const ORDER = `
import { defineCommand } from 'chatserv';

export default defineCommand({
  name: 'order',
  summary: 'Orders a pizza',
  async run({ session }) {
    let size = await session.ask('size');
    while (size !== 'large') size = await session.ask('size', 'not so small');
    const card = await session.ask('card', { secret: true });
    return size + ' pizza, paid with ' + card.length + ' digits';
  },
});
`;

/** A file with a plugin that asks for an invitation before a login. */
export const INVITED = `
import { definePlugin } from 'chatserv';

export default definePlugin({
  name: 'invited',
  summary: 'Asks for an invitation',
  setup: () => ({
    hooks: {
      onUsername: { decide: {
        order: 'pre',
        async handler(session) {
          let because = '';
          while ((await session.ask('Who invited you?', because)) !== 'bob') because = 'nobody knows them';
          return undefined;
        },
      } },
    },
  }),
});
`;
