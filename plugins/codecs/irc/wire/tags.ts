const ESCAPES = new Map([
  [';', '\\:'],
  [' ', '\\s'],
  ['\\', '\\\\'],
  ['\r', '\\r'],
  ['\n', '\\n'],
]);

const UNESCAPED = new Map([...ESCAPES].map(([char, escaped]) => [escaped, char]));

/** A key: `+` if it is for clients only, a vendor's host name and a slash if it is no standard, and the name. */
const KEY = /^\+?(?:[a-z0-9.-]+\/)?[a-z0-9-]+$/i;

/**
 * Parses a message's tags (IRCv3 `message-tags`), without the `@`. If a key comes twice, the last one counts; tags with an invalid key are
 * dropped, so that keys can be relayed as they are.
 * @returns values by key; `''` for a tag without a value
 */
export function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of text.split(';')) {
    const equals = tag.indexOf('=');
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (KEY.test(key)) tags.set(key, equals < 0 ? '' : unescapeValue(tag.slice(equals + 1)));
  }
  return tags;
}

/** Serializes tags, without the `@`. A tag whose value is empty is written without one. */
export function serializeTags(tags: ReadonlyMap<string, string>): string {
  return [...tags].map(([key, value]) => (value === '' ? key : `${key}=${escapeValue(value)}`)).join(';');
}

/** Escapes a tag's value. NUL, which no line can contain, is dropped. */
export function escapeValue(value: string): string {
  return value.replace(/[; \\\r\n\0]/g, (char) => ESCAPES.get(char) ?? '');
}

/** A backslash before a character that needs none is dropped, as is one at the end. */
function unescapeValue(value: string): string {
  return value.replace(/\\([\s\S]?)/g, (escaped, char: string) => UNESCAPED.get(escaped) ?? char);
}
