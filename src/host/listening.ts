/** Where transports listen. It is reported once all of them do: after the first report every one can be used. */
export class Listening {
  readonly #report: (transport: string, where: string) => void;
  /** What is not reported yet; undefined once reports are made at once. */
  #places: [transport: string, where: string][] | undefined = [];

  constructor(report: (transport: string, where: string) => void) {
    this.#report = report;
  }

  note(transport: string, where: string): void {
    if (this.#places === undefined) this.#report(transport, where);
    else this.#places.push([transport, where]);
  }

  /** Every plugin has started. */
  announce(): void {
    const places = this.#places ?? [];
    this.#places = undefined;
    for (const [transport, where] of places) this.#report(transport, where);
  }
}
