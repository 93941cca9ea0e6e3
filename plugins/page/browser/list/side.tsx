import { type Signal, useSignal } from '@preact/signals';
import { nameKey } from 'chatserv/client';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { server } from '../model/server.ts';
import { isRoom, newTalk, type Recipients, type Talk } from '../model/talk.ts';
import { mayModerate } from '../sheets/person.tsx';
import { hasRooms } from '../sheets/rooms.tsx';
import { Icon } from '../ui/icon.tsx';
import { Face, personIn, titleOf } from '../ui/people.tsx';
import { keyOf, sortedOnline } from './people.ts';
import { TalkButton } from './talk-button.tsx';
import { VirtualRows } from './virtual-rows.tsx';

/** The list of conversations and people, with the user and the buttons around it. */
export function SideView({ screen }: { readonly screen: Screen }) {
  const { chat } = screen;
  const filter = useSignal('');
  screen.listed.value;
  return (
    <nav id="side" class="side" aria-label="Conversations">
      <header class="side-head">
        <h1 class="brand">
          <bdi>{server.title}</bdi>
        </h1>
        {hasRooms(chat.conversation) && (
          <HeadButton id="rooms-open" label="Rooms" icon="room" onClick={() => screen.open({ kind: 'rooms' })} />
        )}
        <HeadButton
          id="start-open"
          label="Write to someone"
          icon="write"
          onClick={() => screen.open({ kind: 'start' })}
        />
      </header>
      <Filter screen={screen} filter={filter} />
      <ListView screen={screen} filter={filter} />
      <footer class="side-foot">
        <Face name={chat.name} />
        <span class="me">
          <bdi id="me-name">{chat.name}</bdi>
          <span id="me-state" class="me-state">
            {chat.isConnected ? 'Online' : 'Not connected'}
          </span>
        </span>
        <HeadButton
          id="settings-open"
          label="Settings"
          icon="settings"
          onClick={() => screen.open({ kind: 'settings' })}
        />
      </footer>
    </nav>
  );
}

interface HeadButtonProps {
  readonly id: string;
  readonly label: string;
  readonly icon: 'room' | 'write' | 'settings';
  readonly onClick: () => void;
}

function HeadButton({ id, label, icon, onClick }: HeadButtonProps) {
  return (
    <button id={id} type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

interface FilterProps {
  readonly screen: Screen;
  readonly filter: Signal<string>;
}

/** The field that narrows the list down. Enter opens the first match. */
function Filter({ screen, filter }: FilterProps) {
  return (
    <search class="filter">
      <Icon name="search" />
      <input
        id="filter"
        type="text"
        placeholder="Find people and rooms"
        aria-label="Find people and rooms"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        dir="auto"
        value={filter.value}
        onInput={({ currentTarget }) => {
          filter.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const first = document.querySelector<HTMLElement>('#talks .talk-button');
          if (event.key === 'Escape') filter.value = '';
          else if (event.key === 'ArrowDown') screen.focusList();
          else if (event.key === 'Enter' && filter.value.trim() !== '') {
            filter.value = '';
            first?.click();
          } else return;
          event.preventDefault();
        }}
      />
    </search>
  );
}

/** The list. The arrow keys move through it; it is one stop for the Tab key. */
function ListView({ screen, filter }: FilterProps) {
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
  const item = (talk: Talk) => <li key={talk.key}>{row(talk)}</li>;
  const onlineTitle = chat.knowsOnline ? 'Online' : 'Last seen online';
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
      {everyone.length > 0 && <ul aria-label="Everyone">{everyone.map(item)}</ul>}
      <Section title="Rooms" rows={rooms.map(item)} />
      <Section title="Conversations" rows={spoken.map(item)} />
      {people.length > 0 && (
        <div class="section">
          <h2>{onlineTitle}</h2>
          <VirtualRows
            label={onlineTitle}
            scroller={view}
            count={people.length}
            kept={people.findIndex((name) => keyOf(name) === current)}
            keyOf={(index) => keyOf(people[index] ?? '')}
            row={(index) => {
              const name = people[index] ?? '';
              return row(chat.talks.get(keyOf(name)) ?? newTalk([name]));
            }}
          />
        </div>
      )}
      {isAlone && wanted === '' && <p class="quiet-line">Nobody else is online right now.</p>}
      {wanted !== '' && current === undefined && (
        <p class="quiet-line" role="status">
          No room and nobody online matches. Use “Write to someone” for people who are away.
        </p>
      )}
    </div>
  );
}

function Section({ title, rows }: { readonly title: string; readonly rows: readonly JSX.Element[] }) {
  if (rows.length === 0) return null;
  return (
    <div class="section">
      <h2>{title}</h2>
      <ul aria-label={title}>{rows}</ul>
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
  const buttons = [...(view?.querySelectorAll<HTMLElement>('.talk-button') ?? [])];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  buttons[Math.min(Math.max(to, 0), buttons.length - 1)]?.focus();
}
