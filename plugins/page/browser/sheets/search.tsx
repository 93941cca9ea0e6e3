import { useSignal } from '@preact/signals';
import { type RequestError, requestProblem } from 'chatserv/client';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { placeOf, type Recipients } from '../model/talk.ts';
import { clockOf, dayOf } from '../model/time.ts';
import { titleOf } from '../ui/people.tsx';
import { Problem, Sheet } from '../ui/sheet.tsx';

/** A message that was found. */
interface Hit {
  readonly id: number;
  readonly from: string;
  readonly time: number;
  readonly snippet: string;
  readonly to: Recipients;
}

interface Found {
  readonly query: string;
  readonly hits: readonly Hit[];
  /** The id before which more may be found. */
  readonly next: number | undefined;
  /** Whether the server is still building its index. */
  readonly isComplete: boolean;
}

/** The sheet that finds messages. Choosing one goes to its place. */
export function SearchSheet({ screen, onClose }: { readonly screen: Screen; readonly onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const here = useRef<HTMLInputElement>(null);
  const found = useSignal<Found | undefined>(undefined);
  const problem = useSignal('');
  const isBusy = useSignal(false);
  const talk = screen.talk.value;
  useLayoutEffect(() => input.current?.focus(), []);

  const search = async (query: string, before?: Found) => {
    isBusy.value = true;
    problem.value = '';
    try {
      const more = before?.next === undefined ? '' : ` before:${before.next}`;
      const { facts } = await screen.chat.conversation.command('search', { query: query + more });
      const page = foundIn(query, facts);
      found.value = before === undefined ? page : { ...page, hits: [...before.hits, ...page.hits] };
    } catch (cause) {
      problem.value = requestProblem(cause as RequestError);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <Sheet id="search" title="Search" isWide onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const words = input.current?.value.trim() ?? '';
          if (words === '' || isBusy.peek()) return;
          const place = placeOf(talk.to);
          const within = typeof place === 'string' ? `in:${place}` : `in:(${place.join(' ')})`;
          void search(here.current?.checked === true ? `${within} ${words}` : words);
        }}
      >
        <label for="search-words">Words</label>
        <div class="joined">
          <input
            id="search-words"
            ref={input}
            type="text"
            dir="auto"
            autocomplete="off"
            aria-describedby="search-hint"
          />
          <button class="quiet" type="submit" aria-disabled={isBusy.value}>
            Search
          </button>
        </div>
        <p id="search-hint" class="hint">
          Also <kbd>"in a row"</kbd>, <kbd>from:name</kbd>, <kbd>after:2026-10-31</kbd>, <kbd>before:2026-11-30</kbd>
        </p>
        <label class="check">
          <input ref={here} type="checkbox" /> Only in <bdi>{titleOf(talk)}</bdi>
        </label>
      </form>
      <Problem text={problem.value} />
      {found.value !== undefined && (
        <Hits
          found={found.value}
          open={({ to, id }) => {
            onClose();
            void screen.actions.jumpTo(to, id);
          }}
          more={() => void search(found.peek()?.query ?? '', found.peek())}
        />
      )}
    </Sheet>
  );
}

interface HitsProps {
  readonly found: Found;
  readonly open: (hit: Hit) => void;
  readonly more: () => void;
}

function Hits({ found: { hits, next, isComplete }, open, more }: HitsProps) {
  return (
    <>
      <p class="hint" role="status">
        {hits.length === 0 ? 'Nothing was found.' : `${hits.length} found, the latest first.`}
        {!isComplete && ' The server is still indexing earlier messages.'}
      </p>
      {hits.length > 0 && (
        <ul class="hits" aria-label="Found messages">
          {hits.map((hit) => (
            <li key={hit.id}>
              <button type="button" class="hit" onClick={() => open(hit)}>
                <span class="hint">
                  <bdi>{titleOf(hit)}</bdi> · <bdi>{hit.from}</bdi> · {dayOf(hit.time, Date.now())}, {clockOf(hit.time)}
                </span>
                <span dir="auto">{hit.snippet}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {next !== undefined && (
        <button type="button" class="quiet" onClick={more}>
          Find more
        </button>
      )}
    </>
  );
}

function foundIn(query: string, facts: unknown): Found {
  const { hits, next, complete } = Object(facts) as Record<string, unknown>;
  return {
    query,
    hits: Array.isArray(hits) ? hits.map(hitIn).filter((hit) => hit !== undefined) : [],
    next: typeof next === 'number' ? next : undefined,
    isComplete: complete !== false,
  };
}

function hitIn(hit: unknown): Hit | undefined {
  const { message, place, snippet } = Object(hit) as Record<string, unknown>;
  const { id, from, time } = Object(message) as Record<string, unknown>;
  const { kind, roomName, members } = Object(place) as Record<string, unknown>;
  const to = kind === 'everyone' ? kind : kind === 'room' ? [String(roomName)] : members;
  if (typeof id !== 'number' || typeof from !== 'string' || typeof snippet !== 'string') return undefined;
  if (to !== 'everyone' && !Array.isArray(to)) return undefined;
  return { id, from, time: Date.parse(String(time)), snippet, to: to === 'everyone' ? to : to.map(String) };
}
