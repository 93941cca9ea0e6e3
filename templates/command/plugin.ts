import { defineCommand, param, refuse, z } from 'chatserv';

export default defineCommand({
  name: 'example',
  summary: 'Says something nice, once or several times',
  params: { times: param.integer('how often', { min: 1 }).default(1) },
  options: z.strictObject({
    most: z.int().positive().default(5).describe('How many times at most'),
  }),
  run({ account, values: { times } }, { options }) {
    if (times > options.most) return refuse('args', `<times> must be at most ${options.most}.`);
    return `well done, ${account.name}`.concat('!'.repeat(times));
  },
});
