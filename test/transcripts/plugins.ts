import { defineCommand } from 'chatserv';

/** Asks for two things, the second a secret. */
export const order = defineCommand({
  name: 'order',
  usage: 'order',
  summary: 'Orders a pizza',
  async run({ session }) {
    const size = await session.ask('size');
    const card = await session.ask('card', { because: 'payment', secret: true });
    return `${size} pizza, paid with a card of ${card.length} digits`;
  },
});

/** Always fails. */
export const broken = defineCommand({
  name: 'broken',
  usage: 'broken',
  summary: 'Fails',
  run() {
    throw new Error('This command is broken.');
  },
});
