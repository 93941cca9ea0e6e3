import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isCommand } from '../model/commands.ts';
import type { Screen, Writing } from '../model/screen.ts';
import type { Recipients } from '../model/talk.ts';
import { Icon } from '../ui/icon.tsx';
import { titleOf } from '../ui/people.tsx';
import { SuggestionList, useSuggestions } from './suggestions.tsx';

/** The longest line that a server accepts by default, in bytes, less its end and all on it except text and names. */
const ROOM = 4096 - 160;

/** From this many characters left on, their number is shown. */
const NEAR = 300;

/** The characters that JSON adds around a text. */
const QUOTES = 2;

/** How many messages can be sent at once. */
const MOST_LINES = 50;

/** The code of a key that was part of a composition. */
const COMPOSED = 229;

const encoder = new TextEncoder();

/** The field where messages are written. */
export function Composer({ screen }: { readonly screen: Screen }) {
  const talk = screen.talk.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal(talk.draft);
  const label = talk.to === 'everyone' ? 'Message to everyone' : `Message to ${titleOf(talk)}`;
  const lines = linesOf(text.value);
  const problem = problemOf(text.value, talk.to);
  const left = charactersLeft(lines, talk.to);
  const several = lines.length > 1 ? `${lines.length} messages` : '';

  const suggestions = useSuggestions(screen, field);
  const writing = screen.writing.value;

  const write = (draft: string) => {
    if (field.current !== null) field.current.value = draft;
    text.value = draft;
  };
  useLayoutEffect(() => write(talk.draft), [talk]);
  useLayoutEffect(() => {
    if (writing?.kind === 'edit') write(writing.entry.text);
  }, [writing]);
  const cancel = () => {
    if (writing?.kind === 'edit') write(talk.draft);
    screen.writing.value = undefined;
    field.current?.focus();
  };
  useLayoutEffect(() => grow(field.current), [text.value]);
  /** @param isJoined whether several lines are sent as one message, with blanks between them */
  const send = (isJoined = false) => {
    const all = linesOf(field.current?.value ?? '');
    const written = isJoined ? [all.join(' ')] : all;
    field.current?.focus();
    if (written.length === 0 || problemOf(field.current?.value ?? '', talk.to) !== undefined) return;
    write(writing?.kind === 'edit' ? talk.draft : '');
    if (writing?.kind !== 'edit') screen.drafted('');
    suggestions.close();
    screen.send(written);
  };
  return (
    <form
      id="composer"
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {writing !== undefined && <WritingBar writing={writing} cancel={cancel} />}
      <SuggestionList suggestions={suggestions} />
      <div class="field">
        <textarea
          id="composer-text"
          ref={field}
          rows={1}
          dir="auto"
          enterkeyhint="send"
          aria-label={label}
          placeholder={label}
          aria-describedby="composer-count composer-hint"
          aria-invalid={problem === undefined ? undefined : true}
          aria-controls={suggestions.list.length > 0 ? 'suggestions' : undefined}
          aria-activedescendant={suggestions.active}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
            if (writing?.kind !== 'edit') screen.drafted(currentTarget.value);
            suggestions.look();
          }}
          onBlur={() => suggestions.close()}
          onKeyDown={(event) => {
            if (suggestions.takes(event)) return;
            if (event.key === 'Escape' && writing !== undefined) {
              event.preventDefault();
              cancel();
              return;
            }
            if (event.key === 'ArrowUp' && event.currentTarget.value === '') {
              event.preventDefault();
              [...document.querySelectorAll<HTMLElement>('#messages .act')].at(-1)?.focus();
              return;
            }
            // During a composition Enter accepts the suggestion; in Safari the composition has ended by then.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === COMPOSED) return;
            event.preventDefault();
            send();
          }}
        />
        <button id="send" type="submit" class="send" aria-label="Send">
          <Icon name="send" />
        </button>
      </div>
      <p class="under">
        <span id="composer-hint">Enter sends, Shift+Enter starts a new line, ↑ goes to the messages.</span>{' '}
        {lines.length > 1 && problem === undefined && (
          <button
            type="button"
            class="link"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => send(true)}
          >
            Send as one message
          </button>
        )}
        <span id="composer-count" class={problem === undefined ? 'count' : 'count over'} aria-live="polite">
          {problem ?? (left < NEAR ? `${left} left` : several)}
        </span>
      </p>
    </form>
  );
}

/** What is edited or answered. */
function WritingBar({ writing, cancel }: { readonly writing: Writing; readonly cancel: () => void }) {
  const { kind, entry } = writing;
  return (
    <div class="writing">
      <Icon name={kind === 'edit' ? 'write' : 'reply'} />
      <span class="writing-text" dir="auto">
        {kind === 'edit' ? 'Editing: ' : <>Reply to {entry.mine ? 'yourself' : <bdi>{entry.from}</bdi>}: </>}
        {entry.text}
      </span>
      <button type="button" class="icon-button" aria-label="Cancel" onClick={cancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

/** Why a text cannot be sent. */
function problemOf(text: string, to: Recipients): string | undefined {
  const lines = linesOf(text);
  if (lines.length > MOST_LINES) return `Too many lines: ${lines.length}; at most ${MOST_LINES} can be sent at once`;
  const command = text.split('\n').findIndex(isCommand) + 1;
  if (command > 0 && lines.length > 1) {
    return `Line ${command} starts with / like a command; send commands one at a time`;
  }
  const left = charactersLeft(lines, to);
  return left < 0 ? `Too long by ${-left} ${left === -1 ? 'character' : 'characters'}` : undefined;
}

/** How many characters the longest line has left; negative if it is too long. */
function charactersLeft(lines: readonly string[], to: Recipients): number {
  const names = to === 'everyone' ? 10 : jsonBytes(to);
  const longest = lines.reduce((a, b) => (jsonBytes(b) > jsonBytes(a) ? b : a), '');
  const bytes = jsonBytes(longest);
  return Math.floor((ROOM - names - bytes) / Math.max(1, bytes / (longest.length + QUOTES)));
}

/** Makes the field as high as its text, in browsers whose CSS cannot. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports('field-sizing', 'content')) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
