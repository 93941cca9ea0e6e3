import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Account,
  type Clock,
  type CommandCall,
  type CommandSpec,
  command,
  escapeUnseen,
  makeFolder,
  type Params,
  type Reply,
  type ValuesOf,
} from 'chatserv';

/** An action to log, then run. */
export interface Act {
  /** What it acts on, such as `user:bob`. */
  readonly target?: string;
  run(): Promise<Reply>;
}

/** Logs who did what and when, as JSON lines, before the action runs. */
export class Audit {
  readonly #file: string;
  readonly #clock: Clock;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** A command that is logged before it runs. @param prepare returns the action, or a reply if there is none to run */
  command<P extends Params = {}>(
    spec: Omit<CommandSpec<P>, 'run'> & { readonly role: string },
    prepare: (call: CommandCall<ValuesOf<P>>) => Promise<Reply | Act>,
  ): CommandSpec {
    return command<P>({
      ...spec,
      run: async (call) => {
        const act = await prepare(call);
        if (!isAct(act)) return act;
        await this.#note(call.account, spec.name, call.rest, act.target);
        return await act.run();
      },
    });
  }

  /** @throws when the log cannot be written; the action must not run then */
  async #note(by: Account, did: string, what: string, target: string | undefined): Promise<void> {
    makeFolder(dirname(this.#file));
    const file = await open(this.#file, 'a', 0o600);
    try {
      const time = new Date(this.#clock.now()).toISOString();
      // The log is read at terminals and contains what users typed.
      await file.appendFile(`${escapeUnseen(JSON.stringify({ time, by: by.name, did, what, target }))}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

function isAct(prepared: Reply | Act): prepared is Act {
  return typeof prepared === 'object' && 'run' in prepared;
}
