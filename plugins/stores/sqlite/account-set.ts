/** Packs ascending account ids into few bytes: each as its distance from the previous one, a little-endian base-128 varint. */
export function pack(ids: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const id of ids) {
    let gap = id - last;
    last = id;
    for (; gap > 127; gap = Math.floor(gap / 128)) bytes.push((gap % 128) | 128);
    bytes.push(gap);
  }
  return Uint8Array.from(bytes);
}

/** The packed ids, ascending. */
export function unpack(packed: Uint8Array): number[] {
  const ids: number[] = [];
  let id = 0;
  let scale = 1;
  for (const byte of packed) {
    id += (byte & 127) * scale;
    if (byte & 128) {
      scale *= 128;
      continue;
    }
    ids.push(id);
    scale = 1;
  }
  return ids;
}
