/**
 * Makes a matcher of a pattern in which `*` stands for any number of characters, and `?` for one. It compares characters
 * as they are: fold the case of both before. A match takes at most as many steps as the product of the lengths.
 * @param pattern for whole texts
 */
export function glob(pattern: string): (text: string) => boolean {
  const wanted = [...pattern];
  return (text) => {
    const found = [...text];
    let at = 0;
    let next = 0;
    // Where to go on once what follows the last `*` does not match.
    let star = -1;
    let retry = 0;
    while (next < found.length) {
      if (wanted[at] === '*') {
        star = at++;
        retry = next;
      } else if (wanted[at] === '?' || wanted[at] === found[next]) {
        at++;
        next++;
      } else if (star >= 0) {
        at = star + 1;
        next = ++retry;
      } else {
        return false;
      }
    }
    while (wanted[at] === '*') at++;
    return at === wanted.length;
  };
}
