import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isCommand } from '../model/commands.ts';
import type { Screen, Writing } from '../model/screen.ts';
import type { Recipients } from '../model/talk.ts';
import { Icon } from '../ui/icon.tsx';
import { titleOf } from '../ui/people.tsx';
import { SuggestionList, useSuggestions } from './suggestions.tsx';

/** The longest request that a server accepts by default, in bytes, less its end and all in it except text and names. */
const ROOM = 4096 - 160;

/** From this many characters left on, their number is shown. */
const NEAR = 300;

/** The characters that JSON adds around a text. */
const QUOTES = 2;

/** How many lines a message can have. */
const MOST_LINES = 100;

/** The code of a key that was part of a composition. */
const COMPOSED = 229;

const encoder = new TextEncoder();

/** The field where messages are written. */
export function Composer({ screen }: { readonly screen: Screen }) {
  const talk = screen.talk.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal(talk.draft);
  const label = talk.to === 'everyone' ? 'Message to everyone' : `Message to ${titleOf(talk)}`;
  const problem = problemOf(text.value, talk.to);
  const left = charactersLeft(text.value, talk.to);

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
  const send = () => {
    const written = tidied(field.current?.value ?? '');
    field.current?.focus();
    if (written === '' || problemOf(written, talk.to) !== undefined) return;
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
        <span id="composer-count" class={problem === undefined ? 'count' : 'count over'} aria-live="polite">
          {problem ?? (left < NEAR ? `${left} left` : '')}
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

/** A text as the server stores it: without empty lines around it, and with at most one in a row. */
function tidied(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  return lines
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
    .replace(/\n{3,}/g, '\n\n');
}

/** Why a text cannot be sent. */
function problemOf(text: string, to: Recipients): string | undefined {
  const written = tidied(text);
  const lines = written.split('\n');
  if (lines.length > MOST_LINES) return `Too many lines: ${lines.length}; a message can have ${MOST_LINES}`;
  if (lines.length > 1 && isCommand(written))
    return 'The first line starts with / like a command, which is a single line';
  const left = charactersLeft(written, to);
  return left < 0 ? `Too long by ${-left} ${left === -1 ? 'character' : 'characters'}` : undefined;
}

/** How many characters a message has left; negative if it is too long. */
function charactersLeft(text: string, to: Recipients): number {
  const names = to === 'everyone' ? 10 : jsonBytes(to);
  const bytes = jsonBytes(text);
  return Math.floor((ROOM - names - bytes) / Math.max(1, bytes / (text.length + QUOTES)));
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
