/** Metadata of an account or a channel: values by key. */
export type Values = ReadonlyMap<string, string>;

/** No metadata. */
export const NO_VALUES: Values = new Map();

/** Whose metadata it is. */
export interface MetadataOwner {
  readonly kind: 'account' | 'room';
  readonly id: number;
}

/** The longest key, in bytes. */
export const KEY_BYTES = 64;

/** Whether a key may be set. */
export function isKey(key: string): boolean {
  return /^[a-z0-9_./-]+$/.test(key) && key.length <= KEY_BYTES;
}

/** Metadata with a value set. @param value removes the key if it is empty */
export function withValue(values: Values, key: string, value: string): Values {
  const changed = new Map(values);
  if (value === '') changed.delete(key);
  else changed.set(key, value);
  return changed;
}

/** What has changed: keys with their new values, `undefined` for those that were removed. */
export function changesBetween(before: Values, after: Values): Map<string, string | undefined> {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return new Map([...keys].filter((key) => before.get(key) !== after.get(key)).map((key) => [key, after.get(key)]));
}
