import type { Irc } from '../irc.ts';
import { MULTILINE_BYTES, MULTILINE_LINES } from '../messages/multiline.ts';
import { KEY_BYTES } from '../metadata/values.ts';
import type { IrcOptions } from '../options.ts';

/** Metadata of users and channels. Its value depends on the options. */
export const METADATA = 'draft/metadata-3';

/** Accounts that clients register by themselves. */
const REGISTRATION = 'draft/account-registration';

/** The capabilities that clients can switch on, with the value that `CAP LS 302` shows. */
const CAPABILITIES: ReadonlyMap<string, string> = new Map([
  ['account-notify', ''],
  ['account-tag', ''],
  ['away-notify', ''],
  ['batch', ''],
  ['cap-notify', ''],
  [REGISTRATION, ''],
  ['draft/channel-rename', ''],
  ['draft/chathistory', ''],
  ['draft/event-playback', ''],
  ['draft/message-redaction', ''],
  [METADATA, ''],
  ['draft/multiline', `max-bytes=${MULTILINE_BYTES},max-lines=${MULTILINE_LINES}`],
  // Its name before it was ratified.
  ['draft/no-implicit-names', ''],
  ['draft/pre-away', ''],
  ['draft/read-marker', ''],
  ['echo-message', ''],
  ['extended-join', ''],
  ['invite-notify', ''],
  ['extended-monitor', ''],
  ['labeled-response', ''],
  ['message-tags', ''],
  ['multi-prefix', ''],
  ['no-implicit-names', ''],
  ['sasl', 'PLAIN'],
  ['server-time', ''],
  ['setname', ''],
  ['standard-replies', ''],
  ['userhost-in-names', ''],
]);

/** The version of `CAP LS` with values, lists of several lines, and notices of changes. */
export const CURRENT = 302;

/** Whether a client knows that version. @param version the client's, 0 if it gave none */
export function isCurrent(version: number): boolean {
  return version >= CURRENT;
}

/** The capabilities as `CAP LS` lists them. An older client takes only one line, which has no room for drafts. */
export function listed(version: number, { options, registration }: Irc): string[] {
  if (!isCurrent(version)) return [...CAPABILITIES.keys()].filter((name) => !name.startsWith('draft/'));
  const values = new Map([
    [METADATA, metadataLimits(options)],
    [REGISTRATION, registration === undefined ? '' : 'before-connect'],
  ]);
  return [...CAPABILITIES].map(([name, fixed]) => {
    const value = values.get(name) ?? fixed;
    return value === '' ? name : `${name}=${value}`;
  });
}

function metadataLimits({ maxSubscriptions, maxKeys, maxValueBytes }: IrcOptions): string {
  const limits = { subs: maxSubscriptions, keys: maxKeys, 'key-bytes': KEY_BYTES, 'value-bytes': maxValueBytes };
  return ['before-connect', ...Object.entries(limits).map(([what, most]) => `max-${what}=${most}`)].join(',');
}

/** Whether clients can switch a capability on. */
export function isCapability(name: string): boolean {
  return CAPABILITIES.has(name);
}
