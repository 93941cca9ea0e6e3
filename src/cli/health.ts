import type { HealthReport } from '../services/health.ts';
import { askServer } from './control.ts';
import { print } from './print.ts';

/** Prints whether the running server is ready. Sets the exit code: 0, or 1 if it is not. */
export async function health(config: string | undefined): Promise<void> {
  const { ready, checks } = (await askServer(config, 'health')) as HealthReport;
  print(ready ? 'ready\n' : 'not ready\n');
  for (const [what, status] of Object.entries(checks)) print(`  ${what.padEnd(12)} ${status}\n`);
  process.exitCode = ready ? 0 : 1;
}
