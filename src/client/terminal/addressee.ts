import { nameKey } from '../../api/names.ts';

/** The recipients of a message. */
export type Addressee = 'everyone' | readonly string[];

/** Recipients as a title: `everyone`, `#lab`, `bob,carol`. */
export function titleOf(to: Addressee): string {
  return to === 'everyone' ? to : to.join(',');
}

/** Whether two are the same recipients, in whatever order and spelling. */
export function isSameAddressee(one: Addressee, other: Addressee): boolean {
  return keyOf(one) === keyOf(other);
}

/** Recipients as the place of a command such as `history`. */
export function placeOf(to: Addressee): string | readonly string[] {
  const [first = ''] = to;
  return to !== 'everyone' && to.length === 1 ? first : to;
}

function keyOf(to: Addressee): string {
  return to === 'everyone' ? ' everyone' : to.map(nameKey).sort().join(' ');
}
