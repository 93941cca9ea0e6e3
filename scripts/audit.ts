/**
 * Asks the registry for known flaws in what a user installs, and exits with 1 when there is one. Not every registry
 * answers that question: where none does, it says so, and that is all.
 */
import { spawnSync } from 'node:child_process';

/** What of npm's report is of interest. */
interface Report {
  readonly auditReportVersion?: number;
  /** What went wrong, where there is no report. */
  readonly message?: string;
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
}

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const report = read(stdout);
const found = Object.entries(report.vulnerabilities ?? {});
for (const [name, { severity, range }] of found) {
  process.stderr.write(`audit: ${name} ${range} has a known flaw (${severity}): \`npm audit\` tells more\n`);
}
if (report.auditReportVersion === undefined) {
  process.stdout.write(`audit: nothing was looked up, for the registry does not answer: ${reason(report)}\n`);
} else if (found.length === 0) process.stdout.write('audit: no known flaw in what a user installs\n');
process.exitCode = found.length > 0 ? 1 : 0;

function read(text: string): Report {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return {};
  }
}

/** Why there is no report, without the address that was asked. */
function reason({ message = 'npm said nothing' }: Report): string {
  return message.replace(/ - .*/s, '');
}
