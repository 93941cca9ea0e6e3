import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultLoaders } from 'cosmiconfig';
import { describe, expect, test } from 'vitest';
import { matchesMask } from './mask.ts';
import { parseMessage, serializeMessage } from './message.ts';
import { isHostName, parseSource } from './source.ts';

/** The vectors of https://github.com/ircdocs/parser-tests, which are not part of this project. */
const FOLDER = fileURLToPath(new URL('../../../../../shared/irc-parser-tests/', import.meta.url));
const isThere = existsSync(FOLDER);
if (!isThere) process.stderr.write(`Left out: the vectors of ircdocs/parser-tests, for there is no ${FOLDER}\n`);

interface Atoms {
  readonly tags?: Readonly<Record<string, string>>;
  readonly source?: string;
  readonly verb: string;
  readonly params?: readonly string[];
}

function vectors<T>(name: string): readonly T[] {
  const file = `${FOLDER}${name}.yaml`;
  return (defaultLoaders['.yaml'](file, readFileSync(file, 'utf8')) as { readonly tests: readonly T[] }).tests;
}

function messageOf({ tags = {}, source, verb, params = [] }: Atoms) {
  return { tags: new Map(Object.entries(tags)), source, command: verb.toUpperCase(), params };
}

describe.skipIf(!isThere)('the vectors of ircdocs/parser-tests', () => {
  test('lines are parsed', () => {
    const lines = vectors<{ readonly input: string; readonly atoms: Atoms }>('msg-split');
    expect(lines.length).toBeGreaterThan(0);
    for (const { input, atoms } of lines) expect(parseMessage(input), input).toEqual(messageOf(atoms));
  });

  test('messages are serialized', () => {
    const messages = vectors<{ readonly atoms: Atoms; readonly matches: readonly string[] }>('msg-join');
    expect(messages.length).toBeGreaterThan(0);
    for (const { atoms, matches } of messages) {
      expect(matches).toContain(serializeMessage({ ...messageOf(atoms), command: atoms.verb }));
    }
  });

  test('sources are taken apart', () => {
    const sources = vectors<{ readonly source: string; readonly atoms: object }>('userhost-split');
    expect(sources.length).toBeGreaterThan(0);
    for (const { source, atoms } of sources) {
      expect(parseSource(source), source).toEqual({ nick: '', user: '', host: '', ...atoms });
    }
  });

  test('masks cover what they should', () => {
    const masks = vectors<{ readonly mask: string; readonly matches: string[]; readonly fails: string[] }>(
      'mask-match',
    );
    expect(masks.length).toBeGreaterThan(0);
    for (const { mask, matches, fails } of masks) {
      for (const text of matches) expect(matchesMask(mask, text), `${mask} ${text}`).toBe(true);
      for (const text of fails) expect(matchesMask(mask, text), `${mask} ${text}`).toBe(false);
    }
  });

  test('host names are told from other text', () => {
    const hosts = vectors<{ readonly host: string; readonly valid: boolean }>('validate-hostname');
    expect(hosts.length).toBeGreaterThan(0);
    for (const { host, valid } of hosts) expect(isHostName(host), host).toBe(valid);
  });
});
