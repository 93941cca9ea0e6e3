/** How many names are shown when users come or leave at once. */
const MAX_CHANGES = 5;

/** Who came online and who left, in a line each, without this user. */
export function presenceLines(
  { came, left }: { readonly came: readonly string[]; readonly left: readonly string[] },
  me: string | undefined,
): string[] {
  const line = (all: readonly string[], did: string) => {
    const names = all.filter((name) => name !== me);
    if (names.length === 0) return [];
    return [names.length > MAX_CHANGES ? `${names.length} ${did}` : `${names.join(', ')} ${did}`];
  };
  return [...line(came, 'came'), ...line(left, 'left')];
}
