import type { Values } from 'chatserv';
import type { Call } from '../call.ts';

/** What a service does on a word. */
export interface ServiceCommand {
  /** What follows the word. */
  readonly form: string;
  readonly about: string;
  /** How many words must follow. */
  readonly least: number;
  run(request: ServiceRequest): void | Promise<void>;
}

/** A message to a service, which it answers with notices. */
export class ServiceRequest {
  readonly call: Call;
  /** The words that follow the first. */
  readonly words: readonly string[];
  readonly #service: string;

  constructor(call: Call, service: string, words: readonly string[]) {
    this.call = call;
    this.words = words;
    this.#service = service;
  }

  /** Tells the client something. */
  say(text: string): void {
    const { client, irc } = this.call;
    const source = `${this.#service}!${this.#service}@${irc.options.name}`;
    this.call.line({ source, command: 'NOTICE', params: [client.nick, text] });
  }

  /** Calls one of the server's commands, and passes its answer on. @param done what to say where it has no words for people */
  async command(word: string, values: Values, done = 'Done.'): Promise<void> {
    const answer = await this.call.command(word, values);
    if (answer.kind === 'error') {
      const isUnknown = answer.reason === 'command';
      this.say(isUnknown ? 'This server has no such command.' : (answer.sentence ?? `Refused: ${answer.reason}.`));
      return;
    }
    const { reply } = answer;
    // One word with a colon is for programs.
    const lines = (typeof reply === 'string' ? [reply] : reply).filter(
      (line) => line !== '' && !/^\w+:\S*$/.test(line),
    );
    for (const line of lines.length === 0 ? [done] : lines) this.say(line);
  }
}
