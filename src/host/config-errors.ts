/** Errors in a config, a plugin or a command line, for the operator to correct: a sentence each, printed without a stack. */
export class ConfigErrors extends Error {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[], options?: ErrorOptions) {
    super(sentences.join('\n'), options);
    this.name = 'ConfigErrors';
    this.sentences = sentences;
  }
}

/** Runs several steps and collects their errors. */
export class ErrorCollector {
  readonly #found: ConfigErrors[] = [];

  /** Runs a step. @returns whether it succeeded @throws any other error */
  async run(work: () => void | Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ConfigErrors)) throw thrown;
      this.#found.push(thrown);
      return false;
    }
  }

  /** @throws ConfigErrors with everything that was collected */
  throwIfAny(): void {
    const [only, ...more] = this.#found;
    if (only === undefined) return;
    throw more.length === 0 ? only : new ConfigErrors(this.#found.flatMap(({ sentences }) => sentences));
  }
}
