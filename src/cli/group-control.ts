import type { Logger } from '../api/logger.ts';
import { systemClock } from '../host/clock.ts';
import { controlListener } from '../sdk/control-listener.ts';
import type { Listener } from '../sdk/listener.ts';
import type { Answer } from '../sdk/process-group.ts';
import type { HealthReport } from '../services/health.ts';
import type { Facts } from './control.ts';
import { mergedFacts } from './merged-facts.ts';
import type { Supervisor } from './supervisor.ts';

/** The answers of all processes, by their numbers. */
type Answers = ReadonlyMap<number, Answer>;

/** What the control socket of a group needs. */
export interface GroupControlOptions {
  readonly logger: Logger;
  readonly supervisor: Pick<Supervisor, 'ask' | 'askOne'>;
  reload(): Promise<Answer>;
}

/** The control socket of a group of processes, which is answered for all of them together. */
export class GroupControl {
  readonly #options: GroupControlOptions;
  #file: string | undefined;
  #listener: Listener | undefined;

  constructor(options: GroupControlOptions) {
    this.#options = options;
  }

  /** Listens at a path, or nowhere. @returns whether it began just now @throws when it cannot; the socket before stays open */
  async listenAt(file: string | undefined): Promise<boolean> {
    if (file === this.#file) return false;
    const { logger } = this.#options;
    const server = { listens() {}, countLimitHit() {} };
    const context = { clock: systemClock, hotState: <T>(_key: string, create: () => T) => create(), logger, server };
    const listener =
      file === undefined ? undefined : controlListener(context, file, (request) => this.#answer(request));
    await listener?.start();
    await this.#listener?.stop();
    this.#listener = listener;
    this.#file = file;
    return file !== undefined;
  }

  async #answer(request: string): Promise<unknown> {
    if (request === 'reload') return resultOf(await this.#options.reload());
    const { supervisor } = this.#options;
    // Of all servers, so that one process can ask for it.
    if (request === 'reload-others') return resultOf(await supervisor.askOne('control', request));
    const answers = await supervisor.ask('control', request);
    // What no process can do has one reason.
    if ([...answers.values()].every((answer) => 'errors' in answer)) {
      throw new Error([...new Set(errorsOf(answers))].join('\n'));
    }
    if (request === 'facts') return mergedFacts(resultsOf(answers) as Map<number, Facts>, answers.size);
    if (request === 'health') return mergedHealth(answers);
    return true;
  }
}

function resultOf(answer: Answer): unknown {
  if ('errors' in answer) throw new Error(answer.errors.join('\n'));
  return answer.result;
}

function errorsOf(answers: Answers): string[] {
  return [...answers.values()].flatMap((answer) => ('errors' in answer ? answer.errors : []));
}

function resultsOf(answers: Answers): Map<number, unknown> {
  return new Map([...answers].flatMap(([number, answer]) => ('errors' in answer ? [] : [[number, answer.result]])));
}

/** The health of all processes: each check is well if it is in all of them. */
function mergedHealth(answers: Answers): HealthReport {
  const reports = [...(resultsOf(answers) as Map<number, HealthReport>)];
  const names = new Set(reports.flatMap(([, { checks }]) => Object.keys(checks)));
  const checks = [...names].map((name) => {
    const states = reports.map(([number, report]) => [number, report.checks[name] ?? WELL] as const);
    return [name, inOne(states)] as const;
  });
  const missing = [...answers].map(([number, answer]) => {
    return [number, 'errors' in answer ? answer.errors.join('; ') : WELL] as const;
  });
  return {
    ready: reports.length === answers.size && reports.every(([, { ready }]) => ready),
    checks: { processes: inOne(missing), ...Object.fromEntries(checks) },
  };
}

/** What a check finds in a healthy process. */
const WELL = 'well';

/** The states of all processes as one. */
function inOne(states: readonly (readonly [number: number, state: string])[]): string {
  const wrong = states.filter(([, state]) => state !== WELL);
  return wrong.length === 0 ? WELL : wrong.map(([number, state]) => `process ${number}: ${state}`).join('; ');
}
