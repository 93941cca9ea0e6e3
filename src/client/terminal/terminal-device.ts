import { hostname } from 'node:os';
import { deviceNameOf } from '../../usernames/device-name.ts';
import type { DeviceOptions } from '../client-device.ts';

/** How much of a computer's name becomes part of a device's, in characters. */
const HOST_LENGTH = 40;

/** The device of the terminals on this computer, named after it: `terminal-desk`. @param host the computer's name */
export function terminalDevice(host = hostname()): DeviceOptions {
  const [label = ''] = host.split('.');
  const word = [...label.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-')].slice(0, HOST_LENGTH).join('');
  const name = word === '' ? undefined : deviceNameOf(`terminal-${word}`);
  return { name: name ?? 'terminal', numbered: true };
}
