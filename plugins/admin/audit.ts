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

/** What a command is about to do. */
export interface Act {
  /** Whom it is done to, `user:bob`, where somebody is meant. */
  readonly target?: string;
  run(): Promise<Reply>;
}

/** Writes down who did what and when, as JSON lines, before it is done. */
export class Audit {
  readonly #file: string;
  readonly #clock: Clock;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** A command that is written down before it is done. @param prepare returns the answer where there is nothing to do */
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

  /** @throws when it could not be written; then it is not to be done */
  async #note(by: Account, did: string, what: string, target: string | undefined): Promise<void> {
    makeFolder(dirname(this.#file));
    const file = await open(this.#file, 'a', 0o600);
    try {
      const time = new Date(this.#clock.now()).toISOString();
      // Whoever reads it at a terminal reads what was typed by others.
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
