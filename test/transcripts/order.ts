import { defineCommand } from 'chatserv';

/** A command that asks for two things, the second a secret. */
export default defineCommand({
  name: 'order',
  usage: 'order',
  summary: 'Orders a pizza',
  async run({ session }) {
    const size = await session.ask('size');
    const card = await session.ask('card', { because: 'payment', secret: true });
    return `${size} pizza, paid with a card of ${card.length} digits`;
  },
});
