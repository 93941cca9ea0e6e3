import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { Logger } from '../api/logger.ts';
import { messageOf } from '../host/thrown.ts';
import { groupMember } from './group-member.ts';
import { isHandedOver, takeOver } from './handed-over.ts';
import { HOSTS } from './host-name.ts';
import { openFiles } from './open-files.ts';

/** This process's listeners, to distinguish a port that two plugins want from one that another program has. */
const ours = new Set<Server>();

/**
 * How many connections the system completes and keeps until the server accepts them; Linux allows 4,096 at most
 * (net.core.somaxconn). Node's default of 511 overflows when thousands come back at once after a restart, and those
 * that are dropped try again only after seconds.
 */
const BACKLOG = 4096;

/** What a listener does when open files run out. */
export interface FileLimit {
  /** Whether its connections may use the reserved open files, because it serves operators. */
  readonly reserved?: boolean;
  /** Called when a connection was closed at once because only reserved files are left. */
  refused?(): void;
}

/**
 * Makes a Node listener listen, unless it does already, such as one that was kept over a reload. Later errors are logged.
 * Its connections count as open files, together with those of other listeners.
 * @param name the plugin's name: a socket that the service manager handed over under it is used instead of `where`
 * @returns whether it began just now
 * @throws when it cannot listen; the message is the end of a sentence: what is wrong, and what to do
 */
export async function listen(
  listener: Server,
  where: ListenOptions,
  logger: Logger,
  name?: string,
  { reserved = false, refused }: FileLimit = {},
): Promise<boolean> {
  if (listener.listening) return false;
  if (where.host === '') throw new Error(`the host is empty: ${HOSTS}`);
  const handed = name !== undefined && isHandedOver(name) ? takeOver(name) : undefined;
  try {
    await begin(listener, handed ?? (await shared(where)));
  } catch (cause) {
    if (handed === undefined) throw new Error(complaint(cause as NodeJS.ErrnoException, where), { cause });
    throw new Error(
      `cannot listen on what the service manager handed over as '${name}' (${messageOf(cause)}): it must be a listening socket (ListenStream=, Accept=no)`,
      { cause },
    );
  }
  if (!reserved) {
    listener.prependListener('connection', (socket: Socket) => {
      if (openFiles.take(socket)) return;
      refused?.();
      socket.destroy();
    });
  }
  listener.on('error', (err) => logger.error({ event: 'listener-error', err }, 'a listener failed'));
  ours.add(listener);
  listener.once('close', () => ours.delete(listener));
  return true;
}

/**
 * Has all processes of a group listen on a port, among which the system distributes connections. Port 0 and Unix sockets
 * the supervisor opens, as Node's `cluster` has it.
 */
async function shared(where: ListenOptions): Promise<ListenOptions> {
  if (groupMember === undefined || !where.port) return where;
  await mustBeFree(where, groupMember.isFirst);
  return { ...where, reusePort: true };
}

/**
 * The system lets all programs of a user share a port, also two plugins, or two chats: each would get some clients of the other.
 * @param isProbed whether no other process of the group may listen there yet
 * @throws when another plugin of this process listens there, or another program
 */
async function mustBeFree(where: ListenOptions, isProbed: boolean): Promise<void> {
  const { host: address = '', port = 0 } = where;
  if ([...ours].some((one) => isInTheWay(one.address(), { address, port }))) {
    throw Object.assign(new Error('address already in use'), { code: 'EADDRINUSE', address, port });
  }
  if (!isProbed) return;
  const probe = createServer();
  await begin(probe, { ...where, exclusive: true });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  probe.close(() => resolve());
  await closed;
}

/** Why a listener cannot listen, for the operator. */
function complaint(cause: NodeJS.ErrnoException, { path, host, port }: ListenOptions): string {
  if (path !== undefined) return `the socket ${path} cannot be created (${cause.message}): ${pathAdvice(cause)}`;
  const place = `${host?.includes(':') ? `[${host}]` : host}:${port}`;
  if (cause.syscall === 'getaddrinfo') {
    return `the host '${host}' has no address (${cause.message}): set the option host to an address of this machine`;
  }
  switch (cause.code) {
    case 'EADDRINUSE':
      return [...ours].some((one) => isInTheWay(one.address(), cause as { address?: string }))
        ? `another plugin of this server is already listening on ${place}: give each its own port; to move a port between plugins, first reload without the old one`
        : `another program, perhaps another chatserv, is already listening on ${place}: stop it, or set the option port to a free one`;
    case 'EACCES':
      return `the system lets only root and privileged users listen on ${place}: set the option port to 1024 or above, or have the service manager open it`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host} (${cause.message}): set the option host to one that it has, or to 0.0.0.0 or :: for all of them`;
    case 'ENOTSUP':
      return `this system cannot share ${place} between processes (${cause.message}): start the server without --processes`;
    default:
      return cause.message;
  }
}

function pathAdvice({ code }: NodeJS.ErrnoException): string {
  if (code === 'EINVAL' || code === 'ENAMETOOLONG') return 'set the option socket to a shorter path';
  return "give the server's user write access to its folder, or set the option socket to another path";
}

/** Whether a listener is why another failed to listen. */
function isInTheWay(
  there: AddressInfo | string | null,
  failed: { readonly address?: string; readonly port?: number },
): boolean {
  if (there === null || typeof there === 'string' || there.port !== failed.port) return false;
  const every = ['0.0.0.0', '::'];
  return [failed.address, ...every].includes(there.address) || every.includes(failed.address ?? '');
}

/** Resolves when it listens. @throws when it cannot */
async function begin(listener: Server, where: ListenOptions | { readonly fd: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  listener.once('error', reject);
  listener.listen({ backlog: BACKLOG, ...where }, resolve);
  await promise;
  listener.off('error', reject);
}

/** Where a listener listens, for the operator: `host:port`, or a path. */
export function placeOf(listener: Server): string {
  const place = listener.address() as AddressInfo | string;
  if (typeof place === 'string') return place;
  return `${place.family === 'IPv6' ? `[${place.address}]` : place.address}:${place.port}`;
}
