import { defineCommand, param, z } from 'chatserv';

export default defineCommand({
  name: 'roll',
  summary: 'Throws a die',
  params: { sides: param.integer('how many sides', { min: 2 }).optional() },
  options: z.strictObject({ sides: z.int().min(2).default(6).describe('How many sides the die has') }),
  run({ values: { sides } }, { options }) {
    return `rolled ${1 + Math.floor(Math.random() * (sides ?? options.sides))}`;
  },
});
