import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Collection, ListRange, Storage, Stored, TextStore } from '../services/storage.ts';
import { afterPrefix, byCodePoint } from './code-points.ts';
import { notJson } from './json.ts';

/** The most characters of a key, and bytes of a value as JSON. */
const KEY_LENGTH = 512;
const VALUE_BYTES = 2 ** 20;

/** How many values a page has by default, and how many are read from a store at once. */
const PAGE = 100;
const AT_ONCE = 500;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Builds the service `Storage` on a store's texts: adds JSON, schemas and limits. */
export function storageOver(texts: TextStore): Storage {
  const inTurn = turns();
  return {
    open(name, schema) {
      if (!NAME.test(name)) throw new Error(`'${name}' cannot name a collection: use lower-case words with hyphens.`);
      return openCollection(name, schema, texts, inTurn);
    },
  };
}

/** The key of a value among all texts of a store. */
export function textKey(collection: string, key: string): string {
  return `${collection}/${key}`;
}

/** The collection and the key that a text belongs to. */
export function partsOf(textKey: string): { readonly collection: string; readonly key: string } {
  const at = textKey.indexOf('/');
  return { collection: textKey.slice(0, at), key: textKey.slice(at + 1) };
}

/** Whether a collection can have this name, and a value in it this key and text. */
export function isStorable(collection: string, key: string, text: string): boolean {
  return NAME.test(collection) && isKey(key) && Buffer.byteLength(text) <= VALUE_BYTES;
}

function isKey(key: unknown): boolean {
  return typeof key === 'string' && key !== '' && isPartOfKey(key);
}

function isPartOfKey(text: string): boolean {
  return text.length <= KEY_LENGTH && text.isWellFormed() && !text.includes('\0');
}

function openCollection<Schema extends StandardSchemaV1>(
  name: string,
  schema: Schema,
  texts: TextStore,
  inTurn: ReturnType<typeof turns>,
): Collection<StandardSchemaV1.InferOutput<Schema>, StandardSchemaV1.InferInput<Schema>> {
  type Value = StandardSchemaV1.InferOutput<Schema>;

  /** @throws when the key is invalid */
  function placeOf(key: string): string {
    if (isKey(key)) return textKey(name, key);
    throw new Error(
      `A key of the collection '${name}' cannot be ${shown(key)}: it has 1 to ${KEY_LENGTH} characters, ` +
        'and neither NUL nor a lone surrogate.',
    );
  }

  async function checked(value: unknown, complaint: (issues: string) => string): Promise<Value> {
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) return result.value;
    throw new Error(complaint(result.issues.map(issueText).join('; ')));
  }

  function parsed(key: string, text: string): Promise<Value> {
    return checked(
      JSON.parse(text),
      (issues) =>
        `The value of ${shown(key)} in the collection '${name}' does not fit its schema (${issues}): have the schema ` +
        'take the older form too, as in z.union([current, older.transform(...)]), or delete the key.',
    );
  }

  /** @throws when the value cannot be stored */
  async function textOf(key: string, input: unknown): Promise<{ readonly value: Value; readonly text: string }> {
    const refused = `The collection '${name}' does not take the value of ${shown(key)}`;
    const value = await checked(input, (issues) => `${refused}: ${issues}.`);
    const text: string | undefined = JSON.stringify(value);
    const wrong = notJson(value);
    if (wrong !== undefined) throw new Error(`${refused}: ${wrong === '' ? 'it' : `its ${wrong}`} is not JSON.`);
    const bytes = Buffer.byteLength(text);
    if (bytes > VALUE_BYTES) throw new Error(`${refused}: it has ${bytes} bytes as JSON, more than ${VALUE_BYTES}.`);
    return { value, text };
  }

  return {
    async get(key) {
      const text = isKey(key) ? await texts.read(textKey(name, key)) : undefined;
      return text === undefined ? undefined : parsed(key, text);
    },
    async set(key, value) {
      const place = placeOf(key);
      await inTurn(place, async () => texts.write(place, (await textOf(key, value)).text));
    },
    async delete(key) {
      const place = placeOf(key);
      await inTurn(place, () => texts.write(place, undefined));
    },
    async update(key, change) {
      const place = placeOf(key);
      return inTurn(place, async () => {
        for (;;) {
          const old = await texts.read(place);
          const input = change(old === undefined ? undefined : await parsed(key, old));
          const { value, text } = input === undefined ? {} : await textOf(key, input);
          if (text === old || (await texts.replace(place, old, text))) return value;
        }
      });
    },
    async list({ prefix = '', after, limit = PAGE }: ListRange = {}) {
      for (const bound of [prefix, after ?? '']) if (!isPartOfKey(bound)) placeOf(bound);
      const begin = textKey(name, prefix);
      const end = afterPrefix(begin);
      const last = after === undefined ? begin : textKey(name, after);
      let [start, inclusive] = after === undefined || byCodePoint(last, begin) < 0 ? [begin, true] : [last, false];
      const items: Stored<Value>[] = [];
      while (items.length < limit) {
        const page = await texts.list(start, inclusive, end, Math.min(limit - items.length, AT_ONCE));
        for (const [place, text] of page) {
          const key = place.slice(name.length + 1);
          items.push({ key, value: await parsed(key, text) });
        }
        const [reached] = page.at(-1) ?? [];
        if (reached === undefined) break;
        [start, inclusive] = [reached, false];
      }
      return items;
    },
    // The server replaces it: a store does not know the other servers.
    watch: () => () => {},
  };
}

/** Runs the work for one key in turn, in the order of the calls. */
function turns() {
  const last = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key);
    const result = before === undefined ? work() : before.then(work, work);
    last.set(key, result);
    const leave = () => {
      if (last.get(key) === result) last.delete(key);
    };
    result.then(leave, leave);
    return result;
  };
}

function issueText({ path = [], message }: StandardSchemaV1.Issue): string {
  const at = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
  return at === '' ? message : `${at}: ${message}`;
}

/** A key as a message shows it, whatever it is. */
function shown(key: unknown): string {
  const text = typeof key === 'string' ? JSON.stringify(key) : String(key);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
