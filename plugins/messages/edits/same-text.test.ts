import { type JsonClient, startServer, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Facts, Program } from '../../../test/support/json-program.ts';

/** An event of the protocol, as far as it tells of texts. */
interface Told {
  readonly type: string;
  readonly id: number;
  readonly kind?: string;
  readonly of?: number;
  readonly text?: string;
  readonly data?: { readonly text?: string } | null;
  readonly redacted?: boolean;
}

/** What a program shows of each message, by the rules of docs/edits.md. */
class Shown {
  /** The text of each message by its id, and the id of the edit that it is from; undefined once it is deleted. */
  readonly texts = new Map<number, { readonly text: string; readonly from: number } | undefined>();

  apply({ type, id, kind, of, text = '', data, redacted }: Told): void {
    if (type === 'message' && redacted) this.texts.set(id, undefined);
    else if (type === 'message' && !this.texts.has(id)) this.texts.set(id, { text, from: id });
    else if (kind === 'redaction' && of !== undefined) this.texts.set(of, undefined);
    else if (kind === 'edit' && of !== undefined) this.edit(of, id, data?.text ?? '');
  }

  edit(of: number, id: number, text: string): void {
    const shown = this.texts.get(of);
    if (shown !== undefined && shown.from < id) this.texts.set(of, { text, from: id });
  }

  read(): Record<number, string | undefined> {
    return Object.fromEntries([...this.texts].map(([id, shown]) => [id, shown?.text]));
  }
}

type Step =
  | { readonly do: 'send' }
  | { readonly do: 'reconnect' }
  | { readonly do: 'edit'; readonly which: number; readonly text: string }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'page'; readonly count: number; readonly which: number };

const which = fc.nat({ max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'send' } as const) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('edit' as const), which, text: fc.constantFrom('a', 'b', 'c') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('page' as const), count: fc.integer({ min: 1, max: 4 }), which }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'reconnect' } as const) },
);

/** One of a user's programs. */
class Device {
  readonly shown = new Shown();
  readonly #connect: () => Promise<Program>;
  #program: Program | undefined;

  constructor(connect: () => Promise<Program>) {
    this.#connect = connect;
  }

  async run(all: Step): Promise<void> {
    this.#program ??= await this.#connect();
    if (all.do === 'reconnect') {
      await this.#program.client.closes();
      this.#program = await this.#connect();
    } else {
      await this.#ask(all);
    }
    this.listen();
  }

  async #ask(step: Exclude<Step, { do: 'reconnect' }>): Promise<void> {
    if (step.do === 'send') {
      const { id } = await this.#asks('message', { to: ['#lab'], text: 'new' });
      this.shown.apply({ type: 'message', id: id ?? 0, text: 'new' });
      return;
    }
    const ids = [...this.shown.texts.keys()];
    const message = ids[step.which % ids.length];
    if (message === undefined) return;
    if (step.do === 'page') {
      const page = await this.#asks('history', { place: '#lab', count: step.count, side: 'around', id: message });
      this.listen();
      for (const told of [...(page.entries as Told[]), ...(page.changes as Told[])]) this.shown.apply(told);
    } else if (step.do === 'edit') {
      const { id, text } = await this.#asks('edit', { message, text: step.text });
      if (id !== undefined) this.shown.edit(message, id, String(text));
    } else if ((await this.#asks('delete', { message })).message !== undefined) {
      this.shown.apply({ type: 'entry', id: 0, kind: 'redaction', of: message });
    }
  }

  /** The facts of an answer; none where the message was deleted meanwhile. */
  async #asks(name: string, values: object): Promise<Facts> {
    try {
      return (await this.#program?.asks(name, { ...values })) ?? {};
    } catch (cause) {
      expect((cause as Error).message).toContain('"reason":"deleted"');
      return {};
    }
  }

  /** Applies what came in. */
  listen(): void {
    const told = [...(this.#program?.takes('message') ?? []), ...(this.#program?.takes('entry') ?? [])] as Told[];
    for (const one of told.sort((a, b) => a.id - b.id)) this.shown.apply(one);
  }

  /** Awaits everything that was sent so far. */
  async settle(): Promise<void> {
    await this.run({ do: 'page', count: 1, which: 0 });
    await this.#program?.asks('who');
    this.listen();
  }
}

async function devicesOf(server: TestServer): Promise<Device[]> {
  await server.registers('alice', 'bob');
  const connect = (name: string, device: string) => () => {
    const client: JsonClient = server.connectJson();
    return Program.logsIn(client, name, device);
  };
  const bob = await server.returns('bob');
  expect(await bob.asks('create #lab')).toBe('created:#lab');
  const alice = await server.returns('alice');
  expect(await alice.asks('join #lab')).toBe('joined:#lab');
  await alice.closes();
  return [
    new Device(connect('alice', 'phone')),
    new Device(connect('alice', 'laptop')),
    new Device(connect('bob', 'phone')),
  ];
}

test('both devices of the author and a reader show the same, however edits, deletions and pages interleave', {
  timeout: 120_000,
}, async () => {
  const turns = fc.array(fc.tuple(step, step, fc.option(step)), { minLength: 3, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(turns, async (all) => {
      await using server = await startServer({ edits: { deleteOthers: false } });
      const [phone, laptop, reader] = (await devicesOf(server)) as [Device, Device, Device];
      await phone.run({ do: 'send' });
      for (const [one, other, pages] of all) {
        const reads = pages?.do === 'page' || pages?.do === 'reconnect' ? [reader.run(pages)] : [];
        await Promise.all([phone.run(one), laptop.run(other), ...reads]);
      }
      for (const device of [phone, laptop, reader]) await device.settle();
      expect(laptop.shown.read()).toEqual(phone.shown.read());
      expect(reader.shown.read()).toEqual(phone.shown.read());
      // So does a program that has nothing but the history.
      const fresh = new Shown();
      const { entries, changes } = await (await Program.logsIn(server.connectJson(), 'alice', 'new')).asks('history', {
        place: '#lab',
        count: 100,
      });
      for (const told of [...(entries as Told[]), ...(changes as Told[])]) fresh.apply(told);
      expect(fresh.read()).toEqual(phone.shown.read());
    }),
    { numRuns: 40 },
  );
});
