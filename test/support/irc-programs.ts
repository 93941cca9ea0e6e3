import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasTmux, Terminal } from './tmux.ts';

/** Whether there are both IRC clients of Debian, and tmux. Tests that need them say in one line what they lack. */
export const hasIrcPrograms =
  hasTmux && ['irssi', 'weechat'].every((program) => versionOf(program) !== undefined || complain(program));

function versionOf(program: string): string | undefined {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return undefined;
  }
}

function complain(program: string): boolean {
  console.warn(`${program} is missing: the tests of IRC's own clients are left out`);
  return false;
}

/** Whom a client logs in as, and where: over TLS on this machine, whose certificate it cannot check. */
export interface IrcLogin {
  readonly name: string;
  readonly password: string;
  readonly port: number;
  /** For the client's files. */
  readonly folder: string;
}

/** Starts irssi, which connects and logs in by SASL. */
export async function startIrssi({ name, password, port, folder }: IrcLogin): Promise<Terminal> {
  const home = join(folder, 'irssi');
  await mkdir(home);
  await writeFile(
    join(home, 'config'),
    `servers = ({ address = "127.0.0.1"; chatnet = "chat"; port = "${port}"; use_tls = "yes"; tls_verify = "no"; autoconnect = "yes"; });
chatnets = { chat = { type = "IRC"; nick = "${name}"; sasl_mechanism = "PLAIN"; sasl_username = "${name}"; sasl_password = "${password}"; }; };
settings = { core = { real_name = "${name}"; user_name = "${name}"; }; };
`,
  );
  return Terminal.runs(['irssi', `--home=${home}`], { columns: 120, rows: 50 });
}

/** Starts WeeChat, which connects and logs in by SASL. */
export async function startWeeChat({ name, password, port, folder }: IrcLogin): Promise<Terminal> {
  // Options are called by TLS from version 4 on, and by SSL before.
  const tls = Number.parseInt(versionOf('weechat') ?? '', 10) >= 4 ? 'tls' : 'ssl';
  const server = 'irc.server.chat';
  const commands = [
    `/server add chat 127.0.0.1/${port} -${tls} -${tls}_verify=off -nicks=${name}`,
    `/set ${server}.sasl_mechanism plain`,
    `/set ${server}.sasl_username ${name}`,
    `/set ${server}.sasl_password ${password}`,
    `/set ${server}.username ${name}`,
    `/set ${server}.realname ${name}`,
    `/set ${server}.autoreconnect_delay 1`,
    '/set irc.look.smart_filter off',
    '/set weechat.look.buffer_time_format %H:%M:%S',
    '/connect chat',
  ];
  const home = join(folder, 'weechat');
  return Terminal.runs(['weechat', '-d', home, ...commands.flatMap((command) => ['-r', command])], {
    columns: 120,
    rows: 50,
  });
}
