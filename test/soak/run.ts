/**
 * Lets the real program live under churn, and looks whether memory, descriptors and the event loop's delay stay flat
 * and nothing is lost: `npm run soak -- --minutes 60`. In rounds people come, talk and go, others break off, send rubbish
 * or read nothing, and the config is reloaded with plugins switched on and off. After each round everyone has to have
 * what was answered `sent:`. For the last tenth of the time the server is killed once a round, too.
 */
import { parseArgs } from 'node:util';
import { registerModuleHooks } from '../../src/host/self.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
registerModuleHooks();
const { soak } = await import('./soak.ts');
const { report, wrong } = await soak(Number(values.minutes) * 60, (line) => console.log(line));
console.log(`\n${report}`);
for (const sentence of wrong) console.log(`WRONG: ${sentence}`);
console.log(wrong.length === 0 ? 'all is well' : `${wrong.length} things are wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
