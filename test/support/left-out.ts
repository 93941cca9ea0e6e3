import { CHROMIUM } from './visitor.ts';

/** Says once, before the tests, which of them this machine cannot run. */
export function setup(): void {
  if (CHROMIUM !== undefined) return;
  process.stderr.write('Left out: the tests of the web page, for there is no chromium (apt-get install chromium).\n');
}
