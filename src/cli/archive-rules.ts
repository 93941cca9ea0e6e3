import type { z } from 'zod';
import { byCodePoint } from '../sdk/code-points.ts';
import { isStorable, textKey } from '../sdk/storage-over.ts';
import { isSafeName } from '../usernames/name.ts';

/** What is wrong with a line, in a sentence. */
export function sentenceOf({ issues }: z.ZodError): string {
  const { path = [], message = '' } = issues[0] ?? {};
  return `${path.join('.') || 'the line'}: ${message}`;
}

/** Why a message could not be given to clients, if it could not. @param bytes the longest that can be */
export function messageObjection(sender: number, from: string, text: string, bytes: number): string | undefined {
  // What no account says may be from anything: *server*, or a plugin's own name.
  if (sender > 0 && !isSafeName(from)) return 'from: it may not be a user name';
  if (Buffer.byteLength(JSON.stringify([from, text])) <= bytes) return undefined;
  return `text: too long for limits.outboxBytes: nobody could be sent more than ${bytes} bytes`;
}

/** Why a value of a plugin cannot be stored, if it cannot. @param last where the line before stores its own */
export function storedObjection(
  { collection, key, value }: { readonly collection: string; readonly key: string; readonly value: unknown },
  last: string,
): string | undefined {
  if (!isStorable(collection, key, JSON.stringify(value))) return 'collection, key, value: it cannot be stored';
  const place = textKey(collection, key);
  return byCodePoint(place, last) <= 0 ? `key: '${place}' comes after '${last}'` : undefined;
}
