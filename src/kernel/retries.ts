/**
 * Runs calls that a client may send again, one copy at a time: a second copy begins when the first has been kept or
 * refused, and so can be answered as the first was.
 */
export class Retries {
  readonly #underWay = new Map<string, Promise<unknown>>();

  /**
   * Runs a call when the earlier copies under its key have ended.
   * @param run told whether there were any
   */
  async inTurn<T>(account: number, key: string, run: (waited: boolean) => Promise<T>): Promise<T> {
    const name = `${account} ${key}`;
    const before = this.#underWay.get(name);
    const mine = before === undefined ? run(false) : before.then(() => run(true));
    const ended = mine.catch(() => {});
    this.#underWay.set(name, ended);
    try {
      return await mine;
    } finally {
      if (this.#underWay.get(name) === ended) this.#underWay.delete(name);
    }
  }
}
