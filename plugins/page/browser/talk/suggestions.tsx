import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { Screen } from '../model/screen.ts';
import { suggestionsFor, wordAt } from './completion.ts';

/** The suggestions of a field. */
export interface Suggestions {
  readonly list: readonly string[];
  /** The id of the one that is chosen. */
  readonly active: string | undefined;
  readonly index: number;
  readonly choose: (index: number) => void;
  /** The text has changed. */
  readonly look: () => void;
  readonly close: () => void;
  /** Handles a key. @returns whether it was for the suggestions */
  readonly takes: (event: KeyboardEvent) => boolean;
}

/** Suggests names after `@`, rooms after `#` and commands after a slash. */
export function useSuggestions(screen: Screen, field: RefObject<HTMLTextAreaElement | null>): Suggestions {
  const list = useSignal<readonly string[]>([]);
  /** The one chosen with the arrow keys; -1 for none. */
  const index = useSignal(-1);
  const close = () => {
    list.value = [];
    index.value = -1;
  };
  const look = () => {
    const { value = '', selectionStart = 0 } = field.current ?? {};
    list.value = suggestionsFor(screen, value.slice(0, selectionStart ?? 0));
    index.value = -1;
  };
  const choose = (at: number) => {
    const [chosen, input] = [list.peek()[at], field.current];
    if (chosen === undefined || input === null) return;
    const end = input.selectionStart;
    const start = end - wordAt(input.value.slice(0, end)).length;
    input.setRangeText(`${chosen} `, start, end, 'end');
    input.dispatchEvent(new Event('input', { bubbles: true }));
    close();
  };
  const takes = (event: KeyboardEvent) => {
    const count = list.peek().length;
    if (count === 0 || event.isComposing) return false;
    const { key, shiftKey } = event;
    if (key === 'ArrowDown') index.value = (index.value + 1) % count;
    else if (key === 'ArrowUp') index.value = index.value <= 0 ? count - 1 : index.value - 1;
    else if (key === 'Escape') close();
    else if (key === 'Tab' && !shiftKey) choose(Math.max(index.value, 0));
    else if (key === 'Enter' && index.value >= 0) choose(index.value);
    else return false;
    event.preventDefault();
    return true;
  };
  const active = index.value < 0 ? undefined : `suggestion-${index.value}`;
  return { list: list.value, active, index: index.value, choose, look, close, takes };
}

/** The suggestions above the field. */
export function SuggestionList({ suggestions: { list, index, choose } }: { readonly suggestions: Suggestions }) {
  if (list.length === 0) return null;
  return (
    <div id="suggestions" class="suggestions" role="listbox" aria-label="Suggestions">
      {list.map((word, at) => (
        <div
          key={word}
          id={`suggestion-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === index}
          class="suggestion"
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            choose(at);
          }}
        >
          <bdi>{word}</bdi>
        </div>
      ))}
    </div>
  );
}
