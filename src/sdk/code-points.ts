/** Compares texts by code points, in the order of their UTF-8 bytes. `<` compares UTF-16 units and puts U+FFFD after U+1F600. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

/** Puts surrogates, which stand for the code points above U+FFFF, after all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The first text after all texts with this prefix, which must not consist of U+10FFFF only. */
export function afterPrefix(prefix: string): string {
  const characters = [...prefix];
  for (;;) {
    const last = characters.pop()?.codePointAt(0) ?? 0;
    // There is no code point between U+D7FF and U+E000.
    if (last < 0x10ffff) return characters.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
}
