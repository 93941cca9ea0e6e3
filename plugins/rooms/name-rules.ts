import { type Account, glob, nameKey, type Refusal, type RoomNameList, type RoomNameRule, refuse } from 'chatserv';
import { limit, type RoomContext, tell, writeFacts } from './context.ts';
import type { KnownRoom } from './facts.ts';

/** The longest pattern, in characters: names have at most 32. */
const PATTERN_LENGTH = 64;

interface Matcher extends Pick<RoomNameRule, 'list' | 'until'> {
  matches(key: string): boolean;
}

/** The matchers of each room's rules. A room has another array once one of its rules has changed. */
const matchersOf = new WeakMap<readonly RoomNameRule[], readonly Matcher[]>();

/** Whether a rule of this list matches a name. @param now in milliseconds since 1970 */
export function hasName({ names }: KnownRoom, list: RoomNameList, name: string, now: number): boolean {
  if (names.length === 0) return false;
  let matchers = matchersOf.get(names);
  if (matchers === undefined) {
    matchers = names.map(({ pattern, ...rest }) => ({ ...rest, matches: glob(nameKey(pattern)) }));
    matchersOf.set(names, matchers);
  }
  const key = nameKey(name);
  return matchers.some(
    (one) => one.list === list && !(one.until !== undefined && one.until <= now) && one.matches(key),
  );
}

/** Whether a name is banned or muted, and not exempt. @param now in milliseconds since 1970 */
export function isAgainst(room: KnownRoom, list: 'banned' | 'muted', name: string, now: number): boolean {
  return hasName(room, list, name, now) && !hasName(room, 'exempt', name, now);
}

/** The rules that have not ended. @param now in milliseconds since 1970 */
export function currentRules({ names }: KnownRoom, now: number): readonly RoomNameRule[] {
  return names.filter(({ until = Number.POSITIVE_INFINITY }) => until > now);
}

/** Makes rules about user names, and removes them. */
export class NameRules {
  readonly #context: RoomContext;

  constructor(context: RoomContext) {
    this.#context = context;
  }

  /** Makes a rule, or replaces the time of the same one. @param seconds how long it lasts @returns why not, if so */
  add(
    { id }: KnownRoom,
    list: RoomNameList,
    pattern: string,
    seconds: number | undefined,
    by: Account,
  ): Promise<Refusal | undefined> {
    return this.#context.queue.run(id, async () => {
      const { clock, directory, options } = this.#context;
      const room = directory.get(id);
      if (room === undefined) return undefined;
      if ([...pattern].length > PATTERN_LENGTH) {
        return refuse('args', `A pattern has at most ${PATTERN_LENGTH} characters.`);
      }
      const now = clock.now();
      const rules = currentRules(room, now).filter((rule) => !isRule(rule, list, pattern));
      if (rules.length >= options.maxNames) {
        const sentence = `#${room.name} has ${options.maxNames} rules about names, and may have no more.`;
        return limit(this.#context, 'room-names', 'too-many-names', sentence);
      }
      const until = seconds === undefined ? undefined : now + seconds * 1000;
      await writeFacts(this.#context, id, { names: [...rules, { list, pattern, by: by.id, time: now, until }] });
      await tell(this.#context, id, by, { change: 'name-added', list, pattern, seconds });
      return undefined;
    });
  }

  /** Removes a rule. @returns why not, if so: there is none */
  remove({ id }: KnownRoom, list: RoomNameList, pattern: string, by: Account): Promise<Refusal | undefined> {
    return this.#context.queue.run(id, async () => {
      const room = this.#context.directory.get(id);
      const rules = room === undefined ? [] : currentRules(room, this.#context.clock.now());
      const removed = rules.find((rule) => isRule(rule, list, pattern));
      if (room === undefined || removed === undefined)
        return refuse('no-rule', `There is no such rule for ${pattern}.`);
      await writeFacts(this.#context, id, { names: rules.filter((rule) => rule !== removed) });
      await tell(this.#context, id, by, { change: 'name-removed', list, pattern: removed.pattern });
      return undefined;
    });
  }
}

function isRule(rule: RoomNameRule, list: RoomNameList, pattern: string): boolean {
  return rule.list === list && nameKey(rule.pattern) === nameKey(pattern);
}
