import type { Screen } from '../model/screen.ts';
import type { Entry } from '../model/talk.ts';

/** The reactions that the menu offers; any other can be given with `/react`. */
export const EMOJI = [
  '👍',
  '❤️',
  '😂',
  '🎉',
  '✅',
  '👀',
  '🙏',
  '👏',
  '🔥',
  '😮',
  '😢',
  '🤔',
  '👎',
  '❌',
  '🚀',
  '💪',
  '☕',
  '🌱',
] as const;

/** Those offered at once. */
export function quickReactions(): readonly string[] {
  return EMOJI.slice(0, 5);
}

/** Who has reacted to a message. A click adds the user's own, or takes it back. */
export function Reactions({ screen, entry }: { readonly screen: Screen; readonly entry: Entry }) {
  const given = Object.entries(entry.reactions ?? {});
  if (given.length === 0) return null;
  const me = screen.chat.name;
  return (
    <ul class="reactions" aria-label="Reactions">
      {given.map(([emoji, names]) => (
        <li key={emoji}>
          <button
            type="button"
            class="reaction"
            aria-pressed={names.includes(me)}
            aria-label={`${emoji} ${names.length}: ${names.slice(0, 20).join(', ')}`}
            title={names.slice(0, 20).join(', ')}
            onClick={() => screen.actions.react(entry, emoji)}
          >
            <span>{emoji}</span> {names.length}
          </button>
        </li>
      ))}
    </ul>
  );
}
