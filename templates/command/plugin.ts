import { defineCommand, refuse, z } from 'chatserv';

export default defineCommand({
  name: 'example',
  usage: 'example [times]',
  summary: 'Says something nice, once or several times',
  args: { max: 1 },
  options: z.strictObject({
    most: z.int().positive().default(5).describe('How many times at most'),
  }),
  run({ account, args: [word = '1'] }, { options }) {
    const times = Number(word);
    if (!Number.isInteger(times) || times < 1 || times > options.most) return refuse('args');
    return `well done, ${account.name}`.concat('!'.repeat(times));
  },
});
