import { keyOf, sortedOnline } from '../list/people.ts';
import type { Screen } from '../model/screen.ts';
import { isUserName } from '../ui/people.tsx';

/** How many suggestions are shown. */
const MOST = 8;

/** The word before the cursor. */
export function wordAt(before: string): string {
  return /\S*$/.exec(before)?.[0] ?? '';
}

/** What the word before the cursor may become. @param before the text up to the cursor */
export function suggestionsFor(screen: Screen, before: string): readonly string[] {
  const word = wordAt(before);
  const [mark, start] = [word.charAt(0), word.slice(1)];
  if (mark === '/' && before.trimStart() === word) return commandsFor(screen, start);
  if (mark === '#') {
    const rooms = screen.chat.talks.rooms().flatMap(({ to }) => to);
    return rooms.filter((room) => keyOf(room).startsWith(keyOf(word)) && room !== word).slice(0, MOST);
  }
  return mark === '@' || mark === '\uff20' ? namesFor(screen, start) : [];
}

function commandsFor({ chat }: Screen, start: string): readonly string[] {
  const words = chat.conversation.commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  return words
    .filter((word) => word.startsWith(start.toLowerCase()) && word !== start)
    .sort()
    .slice(0, MOST)
    .map((word) => `/${word}`);
}

/** Those who have written here lately come first. */
function namesFor({ chat, talk }: Screen, start: string): readonly string[] {
  const key = keyOf(start);
  const lately = talk
    .peek()
    .entries.slice(-100)
    .filter(({ mine }) => !mine)
    .map(({ from }) => from)
    .reverse();
  const fits = (name: string) => isUserName(name) && name !== chat.name && keyOf(name).startsWith(key);
  return [...new Set([...lately, ...sortedOnline(chat)])]
    .filter(fits)
    .slice(0, MOST)
    .map((name) => `@${name}`);
}
