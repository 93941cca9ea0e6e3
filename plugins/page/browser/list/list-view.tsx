import { type Signal, useSignal } from '@preact/signals';
import { nameKey } from 'chatserv/client';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { isRoom, newTalk, type Recipients, type Talk } from '../model/talk.ts';
import { mayModerate } from '../sheets/person.tsx';
import { personIn, titleOf } from '../ui/people.tsx';
import { keyOf, sortedOnline } from './people.ts';
import { TalkButton } from './talk-button.tsx';
import { VirtualRows, type VirtualRowsProps } from './virtual-rows.tsx';

interface ListProps {
  readonly screen: Screen;
  /** What the user has typed to narrow it down. */
  readonly filter: Signal<string>;
}

/** The list. The arrow keys move through it; it is one stop for the Tab key. */
export function ListView({ screen, filter }: ListProps) {
  const view = useRef<HTMLDivElement>(null);
  /** The key of the row that the Tab key stops at. */
  const stop = useSignal<string | undefined>(undefined);
  /** The key of the row with the focus, which stays there when the row moves to another section. */
  const focused = useRef<string | undefined>(undefined);
  /** What was pressed. A row that moves to another section before it is let go is not clicked, but is meant all the same. */
  const pressed = useRef<HTMLElement | undefined>(undefined);
  screen.listed.value;
  const { chat } = screen;
  const shown = screen.talk.value;
  const wanted = nameKey(filter.value.trim()).replace(/^#/, '');
  const { everyone, rooms, spoken, people, isAlone } = listOf(screen, shown, wanted);

  useEffect(() => {
    screen.focusList = () => {
      const buttons = [...(view.current?.querySelectorAll<HTMLElement>('.talk-button') ?? [])];
      (buttons.find(({ tabIndex }) => tabIndex === 0) ?? buttons[0])?.focus();
    };
  }, [screen]);
  useEffect(() => {
    stop.value = undefined;
  }, [shown.key]);
  useLayoutEffect(() => {
    if (focused.current === undefined || document.activeElement !== document.body) return;
    const rows = [...(view.current?.querySelectorAll<HTMLElement>('.talk-button') ?? [])];
    rows.find(({ dataset }) => dataset.key === focused.current)?.focus({ preventScroll: true });
  });

  const listed = [...everyone, ...rooms, ...spoken].map(({ key }) => key);
  const isListed = (key: string | undefined) =>
    key !== undefined && (listed.includes(key) || people.some((name) => keyOf(name) === key));
  const current = [stop.value, shown.key, listed[0], people[0] && keyOf(people[0])].find(isListed);
  const recipientsOf = (key: string | undefined): Recipients | undefined => {
    const name = people.find((one) => keyOf(one) === key);
    return chat.talks.get(key ?? '')?.to ?? (name === undefined ? undefined : [name]);
  };
  const choose = (key: string | undefined) => {
    const to = recipientsOf(key);
    if (to === undefined) return;
    filter.value = '';
    screen.choose(to);
  };
  const row = (talk: Talk) => (
    <TalkButton talk={talk} isCurrent={talk.key === shown.key} isStop={talk.key === current} chat={chat} />
  );
  const rowsOf = (talks: readonly Talk[]): SectionRows => ({
    count: talks.length,
    keyOf: (index) => talks[index]?.key ?? '',
    row: (index) => talks[index] && row(talks[index]),
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it handles keys and clicks for the buttons in it
    <div
      id="talks"
      class="talks"
      ref={view}
      onKeyDown={(event) => move(event, view.current)}
      onPointerDown={({ target }) => {
        pressed.current = rowAt(target);
      }}
      onPointerCancel={() => {
        pressed.current = undefined;
      }}
      onPointerUp={() => {
        if (pressed.current?.isConnected === false) choose(pressed.current.dataset.key);
        pressed.current = undefined;
      }}
      onClick={({ target }) => choose(rowAt(target)?.dataset.key)}
      onContextMenu={(event) => {
        const name = personIn(recipientsOf(rowAt(event.target)?.dataset.key) ?? []);
        if (name === undefined || !mayModerate(screen, name)) return;
        event.preventDefault();
        screen.open({ kind: 'person', name });
      }}
      onFocusIn={({ target }) => {
        focused.current = rowAt(target)?.dataset.key;
        stop.value = focused.current ?? stop.value;
      }}
      onFocusOut={({ target }) => {
        // Unless its row has just been removed.
        queueMicrotask(() => {
          if (rowAt(target)?.isConnected && document.activeElement !== target) focused.current = undefined;
        });
      }}
    >
      {everyone.map((talk) => (
        <ul key={talk.key} aria-label="Everyone">
          <li>{row(talk)}</li>
        </ul>
      ))}
      <Section title="Rooms" scroller={view} current={current} rows={rowsOf(rooms)} />
      <Section title="Conversations" scroller={view} current={current} rows={rowsOf(spoken)} />
      <Section
        title={chat.knowsOnline ? 'Online' : 'Last seen online'}
        scroller={view}
        current={current}
        rows={{
          count: people.length,
          keyOf: (index) => keyOf(people[index] ?? ''),
          row: (index) => {
            const name = people[index] ?? '';
            return row(chat.talks.get(keyOf(name)) ?? newTalk([name]));
          },
        }}
      />
      {isAlone && wanted === '' && <p class="quiet-line">Nobody else is online right now.</p>}
      {wanted !== '' && current === undefined && (
        <p class="quiet-line" role="status">
          No room and nobody online matches. Use “Write to someone” for people who are away.
        </p>
      )}
    </div>
  );
}

/** The rows of a section, by their place in it. */
type SectionRows = Pick<VirtualRowsProps, 'count' | 'keyOf' | 'row'>;

interface SectionProps {
  readonly title: string;
  readonly scroller: RefObject<HTMLElement | null>;
  /** The key of the row that the Tab key stops at, which is rendered wherever it is. */
  readonly current: string | undefined;
  readonly rows: SectionRows;
}

function Section({ title, scroller, current, rows }: SectionProps) {
  if (rows.count === 0) return null;
  let kept = rows.count - 1;
  while (kept >= 0 && rows.keyOf(kept) !== current) kept--;
  return (
    <div class="section">
      <h2>{title}</h2>
      <VirtualRows label={title} scroller={scroller} kept={kept} {...rows} />
    </div>
  );
}

/** What is listed. @param wanted the key that names must contain */
function listOf({ chat }: Screen, shown: Talk, wanted: string) {
  const { talks } = chat;
  const fits = (talk: Talk) => wanted === '' || nameKey(titleOf(talk)).includes(wanted);
  const spoken = talks.spoken();
  // A new conversation is listed, too, unless its person is listed as online.
  const alone = shown.to.length === 1 && chat.isListedOnline(shown.key);
  if (shown !== talks.everyone && !isRoom(shown.to) && !spoken.includes(shown) && !alone) spoken.unshift(shown);
  const named = new Set([nameKey(chat.name), ...spoken.map(({ key }) => key)]);
  const others = sortedOnline(chat).filter((name) => !named.has(keyOf(name)));
  return {
    everyone: [talks.everyone].filter(fits),
    rooms: talks.rooms().filter(fits),
    spoken: spoken.filter(fits),
    people: wanted === '' ? others : others.filter((name) => keyOf(name).includes(wanted)),
    isAlone: others.length + spoken.length === 0 && chat.knowsOnline,
  };
}

function rowAt(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element ? target.closest<HTMLElement>('.talk-button') : null) ?? undefined;
}

function move(event: KeyboardEvent, view: HTMLElement | null): void {
  const rows = () => [...(view?.querySelectorAll<HTMLElement>('.talk-button') ?? [])];
  const at = rows().indexOf(document.activeElement as HTMLElement);
  const edge = { Home: 0, End: view?.scrollHeight ?? 0 }[event.key];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (at < 0 || (edge ?? step) === undefined) return;
  event.preventDefault();
  if (step !== undefined) {
    rows()[at + step]?.focus();
    return;
  }
  view?.scrollTo(0, edge ?? 0);
  // Once the rows there are rendered.
  requestAnimationFrame(() => {
    rows()
      .at(edge === 0 ? 0 : -1)
      ?.focus();
  });
}
