import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Results, ScenarioResult } from './results.ts';

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

/** Results that grow by one scenario at a time. With a file they go on from what it has, and are saved after each. */
export class ResultsFile {
  readonly results: Results;
  readonly #file: string | undefined;
  readonly #order: readonly string[];

  /**
   * @param order the names of all scenarios, in the order of the results
   * @throws Error when the file has results of another machine, or of other cores
   */
  constructor(file: string | undefined, order: readonly string[], machine: string, cores: string) {
    this.#file = file;
    this.#order = order;
    this.results = file !== undefined && existsSync(file) ? readResults(file) : { machine, cores, scenarios: [] };
    const { machine: other, cores: others } = this.results;
    if (machine !== other || cores !== others) throw new Error(`${file} was measured elsewhere: ${other}; ${others}`);
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  }

  has(name: string): boolean {
    return this.results.scenarios.some((one) => one.name === name);
  }

  /** Adds a scenario, in place of an earlier result of it. */
  add(result: ScenarioResult): void {
    const { scenarios } = this.results;
    const at = scenarios.findIndex(({ name }) => name === result.name);
    scenarios.splice(at < 0 ? scenarios.length : at, 1, result);
    scenarios.sort((a, b) => this.#order.indexOf(a.name) - this.#order.indexOf(b.name));
    if (this.#file !== undefined) writeFileSync(this.#file, `${JSON.stringify(this.results, undefined, 2)}\n`);
  }
}
