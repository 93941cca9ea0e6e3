import { defineCommand, refuse, z } from 'chatserv';

export default defineCommand({
  name: 'roll',
  usage: 'roll [sides]',
  summary: 'Throws a die',
  args: { max: 1 },
  options: z.strictObject({ sides: z.int().min(2).default(6).describe('How many sides the die has') }),
  run({ args: [word] }, { options }) {
    const sides = word === undefined ? options.sides : Number(word);
    if (!(sides >= 2)) return refuse('args');
    return `rolled ${1 + Math.floor(Math.random() * sides)}`;
  },
});
