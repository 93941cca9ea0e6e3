/** Who sent a line: `nick!user@host`. */
export interface Source {
  readonly nick: string;
  /** Empty if the source has none. */
  readonly user: string;
  /** Empty if the source has none. */
  readonly host: string;
}

/** Takes a source apart, as in `alice!al@example.com`, `alice@example.com` or `alice`. */
export function parseSource(source: string): Source {
  const [, nick = '', user = '', host = ''] = /^([^!@]*)(?:!([^@]*))?(?:@(.*))?$/s.exec(source) ?? [];
  return { nick, user, host };
}

/** A label of a host name: letters, digits and hyphens, but no hyphen at either end. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Whether IRC clients accept it as the name of a server: a host name in ASCII with at least one dot. */
export function isHostName(name: string): boolean {
  if (name.length > 253 || !name.includes('.')) return false;
  return name
    .replace(/\.$/, '')
    .split('.')
    .every((label) => LABEL.test(label));
}
