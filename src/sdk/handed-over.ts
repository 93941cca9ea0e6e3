import { groupMember } from './group-member.ts';

/** The first file descriptor that a service manager hands over (sd_listen_fds(3)). */
const FIRST = 3;

/** The listening sockets that were handed over to this process, by name; undefined until they are needed. */
let sockets: Map<string, number[]> | undefined;
/** The names of those that a listener has or had. */
const taken = new Set<string>();

/**
 * The sockets that a service manager, such as systemd, opened and handed over: LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES of
 * sd_listen_fds(3).
 * @returns their file descriptors by name; those without a name are under `unknown`
 */
export function handedOver(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  // The variables may be meant for a parent of this process.
  if (Number(environment.LISTEN_PID) !== pid) return found;
  const names = environment.LISTEN_FDNAMES?.split(':') ?? [];
  for (let i = 0; i < Number(environment.LISTEN_FDS); i++) {
    const name = names[i] || 'unknown';
    found.set(name, [...(found.get(name) ?? []), FIRST + i]);
  }
  return found;
}

function inherited(): Map<string, number[]> {
  if (sockets === undefined) {
    // With `chatserv --processes` the supervisor has them, and its processes share them.
    sockets = handedOver(process.env, groupMember === undefined ? process.pid : process.ppid);
    if (groupMember !== undefined) sockets.delete('control');
    // Child processes must not take them for their own.
    for (const key of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete process.env[key];
  }
  return sockets;
}

/** Whether the service manager handed over a socket of that name. */
export function isHandedOver(name: string): boolean {
  return inherited().has(name);
}

/** The names of the sockets that were handed over but have no listener. */
export function leftOver(): string[] {
  return [...inherited().keys()].filter((name) => !taken.has(name));
}

/** The socket for a listener of that name. @throws when there is none, more than one, or it was used before */
export function takeOver(name: string): { readonly fd: number } {
  const [fd, ...more] = inherited().get(name) ?? [];
  if (fd === undefined) throw new Error(`the service manager handed over no socket '${name}'`);
  if (more.length > 0) {
    throw new Error(
      `the service manager handed over ${more.length + 1} sockets '${name}': have it open one of that name (one ListenStream= in the socket unit; [::] takes IPv4 too)`,
    );
  }
  if (taken.has(name)) {
    throw new Error(
      `the socket '${name}' of the service manager was closed when the plugin was switched off: restart the server`,
    );
  }
  taken.add(name);
  return { fd };
}
