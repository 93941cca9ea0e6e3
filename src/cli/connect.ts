import { setFlagsFromString } from 'node:v8';
import type { DeviceOptions } from '../client/client-device.ts';
import { PORTS } from '../client/ports.ts';
import { type Address, addressOf, addressText } from '../client/terminal/address.ts';
import { AnsiTerminal } from '../client/terminal/ansi-terminal.ts';
import { Client } from '../client/terminal/client.ts';
import { dial, type TlsOptions } from '../client/terminal/dial.ts';
import { DumbTerminal } from '../client/terminal/dumb-terminal.ts';
import { shown } from '../client/terminal/safe.ts';
import { runScript } from '../client/terminal/script.ts';
import { terminalDevice } from '../client/terminal/terminal-device.ts';
import { View } from '../client/terminal/view.ts';
import { textOf } from '../config/text-file.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { DEFAULT_DEVICE, deviceNameOf } from '../usernames/device-name.ts';

/** The arguments of `chatserv connect`. */
export interface ConnectOptions {
  readonly address: string;
  readonly tls: boolean;
  readonly ca: string | undefined;
  readonly insecure: boolean;
  readonly passwordFile: string | undefined;
  readonly register: boolean;
  readonly device: string | undefined;
  readonly invitation: string | undefined;
  readonly guest: boolean;
}

/** Connects to a server, at a terminal or with lines from a pipe. Sets the exit code. */
export async function connect(options: ConnectOptions): Promise<void> {
  const address = addressOf(options.address, options.tls ? PORTS.tls : PORTS.plain);
  if (address === undefined) {
    throw new ConfigErrors([
      `'${shown(options.address)}' is not an address: [user@]host[:port], [user@][IPv6 address]:port, or [user@]unix:/path.`,
    ]);
  }
  const open = dial(address, await tlsOptions(options));
  const password = await givenPassword(options.passwordFile);
  const { register, invitation, guest } = options;
  const login = { address, open, password, register, invitation, guest };
  const device = givenDevice(options.device);
  process.exitCode = process.stdin.isTTY
    ? await atTerminal({ ...login, device: options.device === undefined ? terminalDevice() : device })
    : await fromPipe({ ...login, device });
}

/** Who connects where. */
interface Login extends Pick<ConnectOptions, 'register' | 'invitation' | 'guest'> {
  readonly address: Address;
  readonly open: ReturnType<typeof dial>;
  readonly password: string | undefined;
  readonly device: DeviceOptions | undefined;
}

/** A terminal creates few objects at a time. V8 would let them take 100 MB before it collects them. */
const FEW_NEW_OBJECTS = '--semi-space-growth-factor=1';

function atTerminal({ address, open, password, register, invitation, guest, device }: Login): Promise<number> {
  const { stdin, stdout } = process;
  setFlagsFromString(FEW_NEW_OBJECTS);
  const dumb = !stdout.isTTY || process.env.TERM === 'dumb' || process.env.TERM === undefined;
  const client = new Client({
    open,
    place: addressText(address),
    given: { name: address.user, password, register, invitation, guest },
    device,
    terminal: (owner) => (dumb ? new DumbTerminal(stdin, stdout, owner) : new AnsiTerminal(stdin, stdout, owner)),
    view: (columns) => new View(stdout, columns),
  });
  const interrupt = () => client.interrupt();
  const hangUp = () => client.hangUp();
  process.on('SIGINT', interrupt).on('SIGTERM', hangUp).on('SIGHUP', hangUp);
  return client.run().finally(() => {
    process.off('SIGINT', interrupt).off('SIGTERM', hangUp).off('SIGHUP', hangUp);
  });
}

function fromPipe({ address, open, password, register, invitation, guest, device }: Login): Promise<number> {
  const { user: name } = address;
  if (name === undefined) throw new ConfigErrors(['There is no terminal to ask for a name: use user@host.']);
  if (password === undefined && !guest) {
    throw new ConfigErrors([
      'There is no terminal to ask for a password: set CHATSERV_PASSWORD, or use --password-file FILE.',
    ]);
  }
  const { stdin: input, stdout: output, stderr: errors } = process;
  return runScript({ open, login: { name, password, register, invitation, guest }, device, input, output, errors });
}

/** The device that is named on the command line; undefined for the account's default one. */
function givenDevice(name: string | undefined): DeviceOptions | undefined {
  if (name === undefined || name === DEFAULT_DEVICE) return undefined;
  if (deviceNameOf(name) !== undefined) return { name };
  throw new ConfigErrors([
    `'${shown(name)}' cannot be the name of a device: use up to 64 letters, digits, '.', '_' and '-'.`,
  ]);
}

async function tlsOptions({ tls, ca, insecure }: ConnectOptions): Promise<TlsOptions | undefined> {
  if (!tls) {
    if (ca !== undefined || insecure) throw new ConfigErrors(['--ca and --insecure need --tls.']);
    return undefined;
  }
  if (insecure) {
    process.stderr.write(
      'chatserv: --insecure: the certificate is not checked; anyone in between can read and alter the traffic.\n',
    );
  }
  return { insecure, ...(ca !== undefined && { ca: await certificatesIn(ca) }) };
}

async function certificatesIn(file: string): Promise<string> {
  const text = await textOf(file);
  if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text)) {
    throw new ConfigErrors([`${file} contains no certificate: --ca takes a file of certificates in PEM.`]);
  }
  return text;
}

/** The password of the environment, or the first line of a file. */
async function givenPassword(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env.CHATSERV_PASSWORD || undefined;
  const [line = ''] = (await textOf(file)).split('\n');
  return line;
}
