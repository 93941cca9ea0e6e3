import { LISTS } from './masks.ts';
import { MEMBER_MODES } from './members.ts';
import type { ModeChange } from './mode-change.ts';

/** Whether a mode takes the next parameter. */
function takesParam(letter: string, isOn: boolean): boolean {
  return letter === 'k' || (letter === 'l' && isOn) || MEMBER_MODES.includes(letter) || Object.hasOwn(LISTS, letter);
}

/** The changes that a client asks for, in its order. @param letters such as `+o-v` @param params those that follow */
export function* parsedModes(letters: string, params: readonly string[]): Generator<ModeChange> {
  const rest = [...params];
  let isOn = true;
  for (const letter of letters) {
    if (letter === '+' || letter === '-') isOn = letter === '+';
    else yield { isOn, letter, param: takesParam(letter, isOn) ? rest.shift() : undefined };
  }
}
