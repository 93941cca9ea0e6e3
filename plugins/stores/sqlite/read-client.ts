import type { Questions } from './batch.ts';
import type { Ask, Client, Reader } from './client.ts';
import type { Reads } from './queries.ts';

/**
 * Reads in the writer's thread until a read would wait there for a write. That starts a thread that only reads, which has
 * all reads from then on; while it boots, the thread that is sooner answers. So a command that looks something up, or a
 * server at its start, needs one thread less.
 */
export function readerBeside(writer: Client<Questions>, start: () => Promise<Reader>): Reader {
  let starting: Promise<Reader | undefined> | undefined;
  let reader: Reader | undefined;
  /** How many reads the writer's thread has. */
  let reading = 0;

  const askWriter: Ask<Reads> = (name, ...values) => {
    const isFree = writer.counts().waiting === reading;
    reading++;
    const answer = writer.ask(name, ...values).finally(() => reading--);
    if (isFree) return answer;
    starting ??= startReader();
    return Promise.race([answer, starting.then((started) => started?.ask(name, ...values) ?? answer)]);
  };

  /** Without a thread of their own reads go on as they are. */
  function startReader(): Promise<Reader | undefined> {
    return start().then(
      (started) => {
        reader = started;
        return started;
      },
      () => undefined,
    );
  }

  return {
    ask: (name, ...values) => (reader?.ask ?? askWriter)(name, ...values),
    counts: () => reader?.counts() ?? { waiting: 0, requests: 0, batches: 0 },
    async close() {
      await (await starting)?.close();
    },
  };
}
