import { setSetting, setting } from './keep.ts';

/** Words of user agents, and what they show. A browser also names those that it is compatible with, so the order matters. */
const BROWSERS = [
  ['Edg', 'edge'],
  ['Firefox', 'firefox'],
  ['Chrom', 'chrome'],
  ['Safari', 'safari'],
] as const;
const SYSTEMS = [
  ['Android', 'android'],
  ['iPhone', 'iphone'],
  ['iPad', 'ipad'],
  ['Windows', 'windows'],
  ['Mac OS X', 'mac'],
  ['Linux', 'linux'],
] as const;

/**
 * This browser's name as a device, the same at each visit: `page-3f2a-firefox-linux`. Where it cannot be stored it has no
 * random part: otherwise each visit would be another device.
 */
export function deviceName(): string {
  const stored = setting('device');
  if (stored !== undefined && /^page-[a-z0-9-]{1,40}$/.test(stored)) return stored;
  const kind = [BROWSERS, SYSTEMS].map((words) => words.find(([word]) => navigator.userAgent.includes(word))?.[1]);
  const [random = 0] = crypto.getRandomValues(new Uint16Array(1));
  const name = nameOf([random.toString(16).padStart(4, '0'), ...kind]);
  setSetting('device', name);
  return setting('device') === name ? name : nameOf(kind);
}

function nameOf(parts: readonly (string | undefined)[]): string {
  return ['page', ...parts].filter((part) => part !== undefined).join('-');
}
