import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownFolder, standardFolder } from './self.ts';

/** A place in a file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const FRAME = /^\s+at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:\\).*?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/;

/** The places in an error's stack, the innermost first, without those in Node. */
export function placesOf(thrown: unknown): Place[] {
  return stackOf(thrown)
    .split('\n')
    .flatMap((text) => {
      const [, file, line, column] = FRAME.exec(text) ?? [];
      if (file === undefined) return [];
      const path = file.startsWith('file:') ? fileURLToPath(file) : file;
      return [{ file: path, line: Number(line), column: Number(column) }];
    });
}

/** Whether a file belongs to this program or a standard plugin. */
export function isOwn({ file }: Place): boolean {
  return file.startsWith(ownFolder) || file.startsWith(standardFolder);
}

/**
 * Where in its author's code an error was thrown, ` (poll.ts:21:24)`, or nothing if that is unknown.
 * @param folder the folder that the file is named relative to, if it is in it
 */
export function authorsPlace(thrown: unknown, folder: string): string {
  const places = placesOf(thrown).filter((place) => !isOwn(place));
  const place = places.find(({ file }) => !file.includes(`${sep}node_modules${sep}`)) ?? places[0];
  return place === undefined ? '' : ` (${placeText(place, folder)})`;
}

/** `file:line:column`. @param folder the folder that the file is named relative to, if it is in it */
export function placeText(place: Place, folder: string): string {
  const { file, line, column } = original(place);
  const near = relative(folder, file);
  return `${near.startsWith('..') ? file : near}:${line}:${column}`;
}

function stackOf(thrown: unknown): string {
  try {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}

/** The place in the source of a built file, by its source map. Node strips types in place. */
function original(place: Place): Place {
  if (!/\.[mc]?js$/.test(place.file)) return place;
  try {
    const map = sourceMapOf(place.file);
    const entry = map && new SourceMap(map).findEntry(place.line - 1, place.column - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    const { originalSource, originalLine, originalColumn } = entry;
    const file = originalSource.startsWith('file:')
      ? fileURLToPath(originalSource)
      : resolve(dirname(place.file), map?.sourceRoot ?? '', originalSource);
    return existsSync(file) ? { file, line: originalLine + 1, column: originalColumn + 1 } : place;
  } catch {
    return place;
  }
}

function sourceMapOf(file: string): SourceMapPayload | undefined {
  const [, url] = [...readFileSync(file, 'utf8').matchAll(/^\/\/# sourceMappingURL=(\S+)\s*$/gm)].at(-1) ?? [];
  if (url === undefined) return undefined;
  const [, data] = /^data:application\/json[^,]*;base64,(.*)$/.exec(url) ?? [];
  const text =
    data === undefined ? readFileSync(resolve(dirname(file), url), 'utf8') : Buffer.from(data, 'base64').toString();
  return JSON.parse(text) as SourceMapPayload;
}
