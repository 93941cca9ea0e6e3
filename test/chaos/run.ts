/**
 * Runs three servers of one chat over PostgreSQL and NATS, and kills, stalls and cuts off each part in turn, while users
 * talk in rooms and in pairs: `npm run chaos -- --seconds 60 --clients 300`. In the end everyone has to have what was
 * answered `sent:`, once, and in the same order.
 */
import { parseArgs } from 'node:util';
import { registerModuleHooks } from '../../src/host/self.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    clients: { type: 'string', default: '300' },
    rooms: { type: 'string', default: '20' },
    pause: { type: 'string', default: '2000' },
    longest: { type: 'string', default: '2000' },
  },
});
registerModuleHooks();
const { chaos } = await import('./chaos.ts');
const { seconds, clients, rooms, pause, longest } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
) as Record<keyof typeof values, number>;
const { report, wrong } = await chaos({ seconds, clients, rooms, pause, longest, isWhole: true }, (line) =>
  console.log(line),
);
console.log(`\n${report}`);
for (const sentence of wrong) console.log(`WRONG: ${sentence}`);
console.log(wrong.length === 0 ? 'nothing lost, nothing doubled, one order' : `${wrong.length} things are wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
