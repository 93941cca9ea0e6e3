import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { PORTS } from '../client/ports.ts';
import type { Host } from '../host/host.ts';
import { visible } from '../logging/unseen.ts';
import { Registration } from '../services/registration.ts';
import { near, ROOT, version } from './package.ts';

/** Where a transport listens: `host:port`, or a path. */
export interface Place {
  readonly transport: string;
  readonly where: string;
}

/** A label and what a person types or opens. */
type Row = readonly [label: string, text: string];

/**
 * The first screen of a server that a person starts at a terminal: the ways in, and what to do next.
 * @param file the config file, if there is one
 */
export function startScreen(places: readonly Place[], host: Host, file: string | undefined): string {
  const program = programName(process.env);
  const page = host.plugins().find(({ loaded }) => loaded.plugin.name === 'page')?.loaded.options;
  const ways = waysIn(places, program, (page as { readonly path: string } | undefined)?.path);
  const registers = host.service(Registration.service) !== undefined;
  return [
    `${styleText('bold', `chatserv ${version()} is running.`)} Ways in, to one account and one inbox:`,
    '',
    ...table(ways, 'bold'),
    '',
    registers
      ? 'New here? Choose a name and a password on any of them.'
      : `Registration is off. To create an account: ${program} user add NAME`,
    '',
    'Next:',
    '',
    ...table([
      ['config', configText(file, program)],
      ...(isLocal(places)
        ? [['network', `Only this computer can connect. To open it: ${docs('docs/transports.md')}`] as const]
        : []),
      ['docs', docs('README.md')],
    ]),
    '',
    'Ctrl-C stops the server. Its log follows.',
    '',
    '',
  ].join('\n');
}

/** The ways in, the easiest first. Transports of other plugins are listed with their place. */
function waysIn(places: readonly Place[], program: string, page: string | undefined): Row[] {
  const rows = places.flatMap(({ transport, where }): Row[] => {
    const [, name = '', port = ''] = /^(.+):(\d+)$/.exec(where) ?? [];
    const host = reachable(name);
    const address = (usual: number) => (Number(port) === usual ? host : `${host}:${port}`);
    switch (transport) {
      case 'http':
      case 'https':
        return page === undefined ? [] : [['browser', `${transport}://${host}:${port}${page}`]];
      case 'tcp':
        return [
          ['terminal', `${program} connect${optional(address(PORTS.plain))}`],
          ['plain lines', `nc ${host.replace(/^\[|\]$/g, '')} ${port}`],
        ];
      case 'tls':
        return [['terminal, TLS', `${program} connect --tls ${address(PORTS.tls)}`]];
      case 'unix':
        return [['terminal, local', `${program} connect unix:${where}`]];
      case 'control':
        return [];
      default:
        return [[transport, where]];
    }
  });
  return rows.sort(([one], [other]) => Number(other === 'browser') - Number(one === 'browser'));
}

function optional(address: string): string {
  return address === 'localhost' ? '' : ` ${address}`;
}

/** The name under which this computer reaches a host that is listened on. */
function reachable(host: string): string {
  return /^(127\..*|\[::1\]|0\.0\.0\.0|\[::\]|localhost)$/.test(host) ? 'localhost' : host;
}

/** Whether only this computer can connect. */
function isLocal(places: readonly Place[]): boolean {
  return places.every(({ where }) => /^(127\.|\[::1\]|localhost:)|^\//.test(where));
}

function configText(file: string | undefined, program: string): string {
  return file === undefined
    ? `The defaults. To change them, write a chatserv.config.ts: ${docs('docs/config.md')}`
    : `Edit ${near(file)}, then run: ${program} reload`;
}

/** How this program is called. */
function programName({ npm_lifecycle_event: script, npm_package_name: owner }: NodeJS.ProcessEnv): string {
  if (script === undefined) return 'chatserv';
  return script === 'start' && owner === 'chatserv' ? 'npm start --' : 'npx chatserv';
}

/** The path of a page of the documentation. */
function docs(page: string): string {
  return near(fileURLToPath(new URL(page, ROOT)));
}

function table(rows: readonly Row[], style?: 'bold'): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => {
    const shown = visible(text);
    return `  ${label.padEnd(width)}   ${style === undefined ? shown : styleText(style, shown)}`;
  });
}
