import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadPlugins } from '../host/load.ts';
import { Mistakes, messageOf } from '../host/mistakes.ts';
import type { ServerFacts } from '../services/plugins.ts';
import { readConfig } from './setting.ts';

/** How long a server may take to say how it fares, in milliseconds. */
const PATIENCE = 8_000;

/** What the plugin `control` answers. */
type Answer = { readonly result: unknown } | { readonly mistakes: readonly string[] };

/** A server that runs with a config, as it is reached over its control socket. */
export interface RunningServer {
  /** Asks it. @throws Mistakes when none runs, or it says that something is wrong */
  ask(request: 'reload' | 'facts' | 'health' | 'accounts'): Promise<unknown>;
}

/**
 * Finds the server that runs with a config. Of the plugins only `control` is looked at: the server goes on with those
 * it has, whatever has become of their files.
 * @throws Mistakes when the config has no control socket
 */
export async function runningServer(config: string | undefined): Promise<RunningServer> {
  const { plugins, place, standard, environment } = await readConfig(config);
  const { loaded, mistakes } = await loadPlugins(
    { control: plugins.control ?? false },
    { ...place, standard },
    environment,
  );
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  const [control] = loaded;
  if (control === undefined) {
    throw new Mistakes([
      `${place.name} has the plugin 'control' off, through which the server is asked: switch it on, or send SIGHUP.`,
    ]);
  }
  const path = resolve(place.folder, (control.options as { readonly socket: string }).socket);
  return { ask: (request) => ask(path, request, place.name) };
}

/** Asks the server that runs with a config. @throws Mistakes when none runs, or it says that something is wrong */
export async function askServer(config: string | undefined, request: 'reload' | 'health'): Promise<unknown> {
  return (await runningServer(config)).ask(request);
}

/** Has the server that runs with a config, if one does, look at the accounts of everyone online again. */
export async function tellOfAccounts(config: string | undefined): Promise<void> {
  try {
    await (await runningServer(config)).ask('accounts');
  } catch (thrown) {
    // None runs, or it cannot be reached: then it finds out by itself.
    if (!(thrown instanceof Mistakes)) throw thrown;
  }
}

async function ask(path: string, request: string, config: string): Promise<unknown> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new Mistakes(
      [
        `No server answers at ${path} (${messageOf(cause)}): start one with ${config}, or send the one that runs SIGHUP if its socket has moved.`,
      ],
      { cause },
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
    return (await (await runningServer(config)).ask('facts')) as Facts;
  } catch (thrown) {
    if (thrown instanceof Mistakes) return undefined;
    throw thrown;
  }
}
