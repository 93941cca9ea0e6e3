import type { HealthReport } from '../services/health.ts';
import { askServer } from './control.ts';
import { print } from './print.ts';

/** Says whether the running server can do its work. Sets the exit code: 0, or 1 when it cannot. */
export async function health(config: string | undefined): Promise<void> {
  const { ready, checks } = (await askServer(config, 'health')) as HealthReport;
  print(ready ? 'ready\n' : 'not ready\n');
  for (const [what, said] of Object.entries(checks)) print(`  ${what.padEnd(12)} ${said}\n`);
  process.exitCode = ready ? 0 : 1;
}
