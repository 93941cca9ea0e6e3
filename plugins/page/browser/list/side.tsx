import { type Signal, useSignal } from '@preact/signals';
import type { Screen } from '../model/screen.ts';
import { server } from '../model/server.ts';
import { hasRooms } from '../sheets/rooms.tsx';
import { Icon } from '../ui/icon.tsx';
import { Face } from '../ui/people.tsx';
import { ListView } from './list-view.tsx';

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
