import type { Account } from '../api/account.ts';
import type { Refusal } from '../api/decisions.ts';
import { type Entry, EVERYONE, isMessage, type NewEntry } from '../api/entry.ts';
import { withoutControls, writableTime } from '../api/message.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { LiveKind } from '../messages/context.ts';
import { ConfigErrors } from './config-errors.ts';
import type { Contributed, KindSpec } from './define.ts';
import type { EntryPost, TextPost } from './server.ts';

/** The kinds that the log itself appends. A plugin may define how they are shown. */
const OF_LOG: ReadonlySet<string> = new Set(['redaction', 'join', 'leave', 'rename']);

/** A kind, with the plugin that defines it. */
export interface Kind extends LiveKind {
  readonly spec: KindSpec;
  readonly plugin: string;
}

/**
 * The kinds that plugins define, by name.
 * @param failed called when `line` or `isShown` of a plugin throws
 * @throws ConfigErrors when two plugins define one
 */
export function kindsOf(
  contributed: readonly Contributed<KindSpec>[],
  failed: (plugin: string, kind: string, thrown: unknown) => void,
): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  const errors: string[] = [];
  for (const { plugin, specs } of contributed) {
    for (const spec of specs) {
      const { name } = spec;
      const other = kinds.get(name);
      if (isMessage({ kind: name }))
        errors.push(`The plugin '${plugin}' defines the kind '${name}', which is the server's own.`);
      else if (other === undefined) kinds.set(name, { spec, plugin, ...shownBy(spec, plugin, failed) });
      else errors.push(`The plugins '${other.plugin}' and '${plugin}' both define the kind '${name}'.`);
    }
  }
  if (errors.length > 0) throw new ConfigErrors(errors);
  return kinds;
}

function shownBy(
  spec: KindSpec,
  plugin: string,
  failed: (plugin: string, kind: string, thrown: unknown) => void,
): LiveKind {
  function attempt<T>(call: () => T, otherwise: T): T {
    try {
      return call();
    } catch (thrown) {
      failed(plugin, spec.name, thrown);
      return otherwise;
    }
  }
  return {
    line(entry) {
      const line = attempt(() => spec.line?.(entry), undefined);
      return line === undefined ? undefined : withoutControls(line);
    },
    isShown: (entry) => attempt(() => spec.isShown?.(entry) ?? true, true),
  };
}

/** Appends an entry of a kind that a live plugin defines. @throws when no plugin does, or the data does not fit its schema */
export async function appendEntry(kernel: Kernel, kinds: ReadonlyMap<string, Kind>, post: EntryPost): Promise<Entry> {
  const { kind, from, to, data, of, reply, device = '', toSender = false, kept = true } = post;
  const { spec, body } = await checkData(kinds, kind, data);
  const { version, counts } = spec;
  return append(kernel, { to, kind, version, counts, from, body, of, reply, device, toSender }, kept);
}

/**
 * Checks the data of an entry. @returns its kind, and the data as the body of an entry
 * @throws when no live plugin defines the kind, or the data does not fit its schema
 */
export async function checkData(
  kinds: ReadonlyMap<string, Kind>,
  kind: string,
  data: unknown,
): Promise<{ readonly spec: KindSpec; readonly body: string }> {
  if (OF_LOG.has(kind)) throw new Error(`only the log itself appends entries of the kind '${kind}'`);
  const defined = kinds.get(kind);
  if (defined === undefined) throw new Error(`no plugin defines the kind '${kind}'`);
  const checked = await defined.spec.schema['~standard'].validate(data);
  if (checked.issues !== undefined) {
    throw new Error(`the data does not fit the kind '${kind}': ${checked.issues[0]?.message}`);
  }
  return { spec: defined.spec, body: JSON.stringify(checked.value) };
}

/** Appends an entry with a text that changes a message, unless a handler of `onMessage` refuses the text. @throws as `appendEntry` */
export function postEntry(
  kernel: Kernel,
  kinds: ReadonlyMap<string, Kind>,
  { kind, from, of, to = [], text, device = '', kept = true, data }: TextPost,
): Promise<Entry | Refusal> {
  const { id, room, members } = of;
  const place = members !== undefined ? to : room === EVERYONE ? 'everyone' : { room };
  const destination = room === 0 && members !== undefined ? { direct: members } : { room };
  const about = { kind, from, to: destination, ...(id > 0 && { of: id }), device, kept };
  return kernel.messages.posting.postChange({ from, to: place, text, device }, { kind, of: id }, (written) =>
    appendEntry(kernel, kinds, { ...about, data: data(written) }),
  );
}

/**
 * Blanks the body of an entry and of those that change it, in the log and in later deliveries. The redaction tells who
 * posted the entry, and when.
 * @param device the device that requests it, which is not notified
 * @returns whether there is such an entry
 * @throws when that could not be stored
 */
export async function redact(kernel: Kernel, id: number, by: Account, device = ''): Promise<boolean> {
  const entry = await kernel.generation.log?.get(id);
  if (entry === undefined) return false;
  const body = JSON.stringify({ from: entry.from, time: new Date(writableTime(entry.time)).toISOString() });
  const plain = { kind: 'redaction', version: 1, counts: false, body, device, toSender: false };
  await append(kernel, { ...plain, to: { room: entry.room }, from: by, of: id, reply: undefined }, true);
  return true;
}

async function append(
  kernel: Kernel,
  { from, ...entry }: Omit<NewEntry, 'sender' | 'from' | 'time'> & { readonly from: Account },
  isKept: boolean,
): Promise<Entry> {
  const whole = { ...entry, sender: from.id, from: withoutControls(from.name), time: kernel.environment.clock.now() };
  const [appended] = await kernel.messages.posting.append([whole], isKept);
  return appended as Entry;
}
