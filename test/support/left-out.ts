import { FIREFOX } from './firefox.ts';
import { HAPROXY } from './haproxy-program.ts';
import { NATS } from './nats-program.ts';
import { POSTGRES } from './postgres-programs.ts';
import { SSHD } from './ssh-server.ts';
import { CHROMIUM } from './visitor.ts';

/** Says once, before the tests, which of them this machine cannot run. */
export function setup(): void {
  if (CHROMIUM === undefined) leftOut('the web page', 'chromium', 'chromium');
  if (FIREFOX === undefined) leftOut('the web page in Firefox', 'firefox', 'firefox-esr');
  if (POSTGRES === undefined) leftOut('the store postgres', 'PostgreSQL', 'postgresql');
  if (NATS === undefined) leftOut('the plugin nats', 'NATS server', 'nats-server');
  if (HAPROXY === undefined) leftOut('several servers behind HAProxy', 'haproxy', 'haproxy');
  if (SSHD === undefined) leftOut('the terminal over ssh', 'sshd', 'openssh-server');
}

function leftOut(what: string, missing: string, packageName: string): void {
  process.stderr.write(
    `Left out: the tests of ${what}, for there is no ${missing} (apt-get install ${packageName}).\n`,
  );
}
