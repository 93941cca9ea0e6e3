/** A mode that is switched on or off. */
export interface ModeChange {
  readonly isOn: boolean;
  readonly letter: string;
  /** Its parameter; undefined if it takes none. */
  readonly param?: string | undefined;
}

/** How many changes a line may have: some clients give each of them a place of its own. */
const CHANGES_A_LINE = 12;

/** The parameters of `MODE` lines that tell of changes, such as `+o-v alice bob`. */
export function modeParams(changes: readonly ModeChange[]): string[][] {
  const lines: string[][] = [];
  for (let at = 0; at < changes.length; at += CHANGES_A_LINE) {
    const some = changes.slice(at, at + CHANGES_A_LINE);
    const letters = some.map(({ isOn, letter }, index) => {
      const sign = isOn ? '+' : '-';
      return index > 0 && some[index - 1]?.isOn === isOn ? letter : `${sign}${letter}`;
    });
    lines.push([letters.join(''), ...some.flatMap(({ param }) => (param === undefined ? [] : [param]))]);
  }
  return lines;
}
