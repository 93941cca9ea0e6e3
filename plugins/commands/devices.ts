import { DEFAULT_DEVICE, defineCommand, MessageLog, reply } from 'chatserv';

/** A device as the command lists it. */
interface Listed {
  readonly name: string;
  readonly isOnline: boolean;
  /** Whether the command was called on it. */
  readonly isCurrent: boolean;
  /** When it was last seen, in milliseconds since 1970. */
  readonly seen: number;
}

export default defineCommand({
  name: 'devices',
  summary: 'Lists your devices, and when each was last seen',
  wants: { messageLog: MessageLog },
  async run({ session, account }, { messageLog, server }) {
    const kept = (await messageLog?.devices(account.id)) ?? [];
    const online = new Set(server.sessionsOf(account).map(({ deviceName }) => deviceName));
    // An account has a default device from its registration: it counts as one once it was used.
    const seen = new Map(kept.filter((device) => device.seen > 0).map((device) => [device.name, device.seen]));
    const devices = [...new Set([...online, ...seen.keys()])].map(
      (name): Listed => ({
        name: name === '' ? DEFAULT_DEVICE : name,
        isOnline: online.has(name),
        isCurrent: name === session.deviceName,
        seen: seen.get(name) ?? 0,
      }),
    );
    devices.sort(inOrder);
    return reply(devices.map(lineOf), { devices: devices.map(factsOf) });
  },
});

/** The device of the call, the others online by name, then those that are away, the last seen first. */
function inOrder(a: Listed, b: Listed): number {
  if (a.isCurrent !== b.isCurrent) return a.isCurrent ? -1 : 1;
  if (a.isOnline !== b.isOnline) return a.isOnline ? -1 : 1;
  if (!a.isOnline && a.seen !== b.seen) return b.seen - a.seen;
  return a.name < b.name ? -1 : 1;
}

function lineOf({ name, isOnline, isCurrent, seen }: Listed): string {
  if (!isOnline) return `${name} ${new Date(seen).toISOString().replace(/\.\d+Z$/, 'Z')}`;
  return isCurrent ? `${name} online here` : `${name} online`;
}

function factsOf({ name, isOnline, isCurrent, seen }: Listed): object {
  return { name, online: isOnline, current: isCurrent, ...(!isOnline && { seen: new Date(seen).toISOString() }) };
}
