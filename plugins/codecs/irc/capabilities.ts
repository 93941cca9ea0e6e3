import { MULTILINE_BYTES, MULTILINE_LINES } from './multiline.ts';

/** The capabilities that clients can switch on, with the value that `CAP LS 302` shows. */
const CAPABILITIES: ReadonlyMap<string, string> = new Map([
  ['account-notify', ''],
  ['account-tag', ''],
  ['away-notify', ''],
  ['batch', ''],
  ['cap-notify', ''],
  ['draft/account-registration', ''],
  ['draft/channel-rename', ''],
  ['draft/chathistory', ''],
  ['draft/event-playback', ''],
  ['draft/message-redaction', ''],
  ['draft/multiline', `max-bytes=${MULTILINE_BYTES},max-lines=${MULTILINE_LINES}`],
  ['draft/no-implicit-names', ''],
  ['draft/read-marker', ''],
  ['echo-message', ''],
  ['extended-join', ''],
  ['invite-notify', ''],
  ['extended-monitor', ''],
  ['labeled-response', ''],
  ['message-tags', ''],
  ['multi-prefix', ''],
  ['sasl', 'PLAIN'],
  ['server-time', ''],
  ['setname', ''],
  ['standard-replies', ''],
  ['userhost-in-names', ''],
]);

/** The version of `CAP LS` from which values are shown. */
const WITH_VALUES = 302;

/** The capabilities as `CAP LS` lists them. @param version the client's, 301 if it gave none */
export function listed(version: number): string[] {
  const hasValues = version >= WITH_VALUES;
  return [...CAPABILITIES].map(([name, value]) => (hasValues && value !== '' ? `${name}=${value}` : name));
}

/** Whether clients can switch a capability on. */
export function isCapability(name: string): boolean {
  return CAPABILITIES.has(name);
}
