import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ServerFacts } from '../contracts/plugins.ts';
import { plan } from '../plugin/host.ts';
import { Mistakes, messageOf } from '../plugin/mistakes.ts';
import { settingOf } from './setting.ts';

/** How long a server may take to say how it fares, in milliseconds. */
const PATIENCE = 8_000;

/** What the plugin `control` answers. */
type Answer = { readonly result: unknown } | { readonly mistakes: readonly string[] };

/**
 * Asks the server that runs with a config, over its control socket.
 * @throws Mistakes when none runs, or it says that something is wrong
 */
export async function askServer(config: string | undefined, request: string): Promise<unknown> {
  const setting = await settingOf(config);
  const control = (await plan(setting)).find(({ plugin }) => plugin.name === 'control');
  if (control === undefined) {
    throw new Mistakes([
      `${setting.place.name} has the plugin 'control' off, through which the server is asked: switch it on, or send SIGHUP.`,
    ]);
  }
  const path = resolve(setting.place.folder, (control.options as { readonly socket: string }).socket);
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new Mistakes(
      [
        `No server answers at ${path} (${messageOf(cause)}): start one with ${setting.place.name}, or send the one that runs SIGHUP if its socket has moved.`,
      ],
      {
        cause,
      },
    );
  }
  // A reload takes as long as its plugins do.
  const late = () => socket.destroy(new Error(`it has said nothing for ${PATIENCE / 1000} s`));
  if (request !== 'reload') socket.setTimeout(PATIENCE, late);
  socket.end(`${JSON.stringify({ request })}\n`);
  let said: string;
  try {
    said = await text(socket);
    if (said === '') throw new Error('it ended');
  } catch (cause) {
    throw new Mistakes([`The server at ${path} gave no answer (${messageOf(cause)}): look into its log.`], { cause });
  }
  const answer = JSON.parse(said) as Answer;
  if ('mistakes' in answer) throw new Mistakes(answer.mistakes);
  return answer.result;
}

/** What the control socket says of the running server. */
export type Facts = ServerFacts & {
  /** By how much the event loop was late since it was asked before, the 99th percentile, in milliseconds. */
  readonly delay: number;
};

/** What the server that runs with a config says of itself; undefined when none runs. */
export async function factsOf(config: string | undefined): Promise<Facts | undefined> {
  try {
    return (await askServer(config, 'facts')) as Facts;
  } catch (thrown) {
    if (thrown instanceof Mistakes) return undefined;
    throw thrown;
  }
}
