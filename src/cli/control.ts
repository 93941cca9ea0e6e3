import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { ConfigErrors } from '../host/config-errors.ts';
import { loadPlugins } from '../host/load.ts';
import { messageOf } from '../host/thrown.ts';
import type { ServerFacts } from '../services/plugins.ts';
import { readConfig } from './setting.ts';

/** How long a server may take to answer, in milliseconds. */
const PATIENCE = 8_000;

/** The answer of the plugin `control`. */
type Answer = { readonly result: unknown } | { readonly errors: readonly string[] };

/** What the plugin `control` is asked for. */
type ControlRequest = 'reload' | 'reload-others' | 'facts' | 'health' | 'accounts';

/** A running server, reached over its control socket. */
export interface RunningServer {
  /** Sends a request. @throws ConfigErrors when no server is running, or it reports errors */
  ask(request: ControlRequest): Promise<unknown>;
}

/**
 * Finds the server that runs with a config. Loads the plugin `control` only: the files of other plugins may be broken by
 * now, which does not affect the running server.
 * @throws ConfigErrors when the config has no control socket
 */
export async function runningServer(config: string | undefined): Promise<RunningServer> {
  const { plugins, place, standard, environment } = await readConfig(config);
  const { loaded, errors } = await loadPlugins(
    { control: plugins.control ?? false },
    { ...place, standard },
    environment,
  );
  if (errors.length > 0) throw new ConfigErrors(errors);
  const [control] = loaded;
  if (control === undefined) {
    throw new ConfigErrors([
      `The plugin 'control' is off in ${place.name}, so the command line cannot reach the server: switch it on, or send SIGHUP to reload.`,
    ]);
  }
  const path = resolve(place.folder, (control.options as { readonly socket: string }).socket);
  return { ask: (request) => ask(path, request, place.name) };
}

/** Sends a request to the server that runs with a config. @throws ConfigErrors when none is running, or it reports errors */
export async function askServer(config: string | undefined, request: ControlRequest): Promise<unknown> {
  return (await runningServer(config)).ask(request);
}

/** Makes the server that runs with a config, if any, read the accounts of its sessions again. */
export async function tellOfAccounts(config: string | undefined): Promise<void> {
  try {
    await (await runningServer(config)).ask('accounts');
  } catch (thrown) {
    // No server is running, or it cannot be reached: then it notices the change itself.
    if (!(thrown instanceof ConfigErrors)) throw thrown;
  }
}

async function ask(path: string, request: ControlRequest, config: string): Promise<unknown> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new ConfigErrors(
      [
        `No server answers at ${path} (${messageOf(cause)}): start one with ${config}, or send SIGHUP to the running one if its socket has moved.`,
      ],
      { cause },
    );
  }
  // A reload takes as long as its plugins do.
  const late = () => socket.destroy(new Error(`no answer within ${PATIENCE / 1000} s`));
  if (request !== 'reload' && request !== 'reload-others') socket.setTimeout(PATIENCE, late);
  socket.end(`${JSON.stringify({ request })}\n`);
  let reply: string;
  try {
    reply = await text(socket);
    if (reply === '') throw new Error('it closed the connection');
  } catch (cause) {
    throw new ConfigErrors([`The server at ${path} did not answer (${messageOf(cause)}): check its log.`], { cause });
  }
  const answer = JSON.parse(reply) as Answer;
  if ('errors' in answer) throw new ConfigErrors(answer.errors);
  return answer.result;
}

/** What the running server reports. */
export type Facts = ServerFacts & {
  /** The delay of the event loop since the request before, 99th percentile, in milliseconds. */
  readonly delay: number;
  /** With `--processes`: each process, from the first. */
  readonly processes?: readonly (Pick<ServerFacts, 'state' | 'uptime' | 'sessions' | 'messages'> & {
    readonly delay: number;
  })[];
};

/** What the server that runs with a config reports; undefined when none is running. */
export async function factsOf(config: string | undefined): Promise<Facts | undefined> {
  try {
    return (await (await runningServer(config)).ask('facts')) as Facts;
  } catch (thrown) {
    if (thrown instanceof ConfigErrors) return undefined;
    throw thrown;
  }
}

/** Checks that no server runs with a config. @param what it must be stopped for @throws ConfigErrors when one does */
export async function mustBeStopped(config: string | undefined, what: string): Promise<void> {
  if ((await factsOf(config)) === undefined) return;
  const { place } = await readConfig(config);
  throw new ConfigErrors([`A server is running with ${place.name}: stop it before you ${what}.`]);
}
