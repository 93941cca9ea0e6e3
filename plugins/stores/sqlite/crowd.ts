/**
 * Packs account ids into few bytes: sorted, each as its distance from the one before, seven bits a byte, low ones first.
 * What cannot be an account's id is left out.
 */
export function pack(ids: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const id of ids.filter((id) => Number.isSafeInteger(id) && id > 0).sort((a, b) => a - b)) {
    let gap = id - last;
    last = id;
    for (; gap > 127; gap = Math.floor(gap / 128)) bytes.push((gap % 128) | 128);
    bytes.push(gap);
  }
  return Uint8Array.from(bytes);
}

/** The packed ids, rising. */
export function* unpack(crowd: Uint8Array): Generator<number> {
  let id = 0;
  let scale = 1;
  for (const byte of crowd) {
    id += (byte & 127) * scale;
    if (byte & 128) {
      scale *= 128;
      continue;
    }
    yield id;
    scale = 1;
  }
}

/** Whether an account's id is among the packed ones. */
export function holds(crowd: Uint8Array, account: number): boolean {
  for (const id of unpack(crowd)) if (id >= account) return id === account;
  return false;
}
