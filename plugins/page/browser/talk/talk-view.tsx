import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Banner } from '../model/banner.ts';
import type { Chat } from '../model/chat.ts';
import type { Screen } from '../model/screen.ts';
import { isRoom, type Talk } from '../model/talk.ts';
import { absenceInWords, onlineInWords } from '../model/words.ts';
import { mayModerate } from '../sheets/person.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { isUserName, personIn, TalkFace, titleOf } from '../ui/people.tsx';
import { Composer } from './composer.tsx';
import { MessageMenu } from './message-menu.tsx';
import { Messages } from './messages.tsx';
import { useTopic } from './topic.ts';

/** The open conversation. */
export function TalkView({ screen, banner }: { readonly screen: Screen; readonly banner: Banner }) {
  const pane = useRef<HTMLElement>(null);
  const menu = screen.menu.value;
  useLayoutEffect(() => {
    screen.talkPane = pane.current;
    screen.looked();
  }, [screen]);
  // On a phone the composer would open a keyboard.
  useLayoutEffect(() => {
    if (screen.composerFocus.value === 0) return;
    const isTouched = matchMedia('(pointer: coarse)').matches;
    pane.current?.querySelector<HTMLElement>(isTouched ? '#talk-name' : '#composer-text')?.focus();
  }, [screen, screen.composerFocus.value]);
  return (
    <section
      id="talk"
      class="talk"
      ref={pane}
      aria-labelledby="talk-name"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented) screen.back();
      }}
    >
      <TalkHead screen={screen} />
      <BannerView banner={banner} />
      <Messages screen={screen} />
      <Composer screen={screen} />
      {menu !== undefined && <MessageMenu key={menu.entry.key} screen={screen} menu={menu} />}
    </section>
  );
}

function TalkHead({ screen }: { readonly screen: Screen }) {
  screen.listed.value;
  screen.messages.value;
  const { chat } = screen;
  const talk = screen.talk.value;
  const unread = chat.talks.unread();
  const person = personIn(talk.to);
  const topic = useTopic(screen, talk);
  return (
    <header class="talk-head">
      <button
        id="back"
        type="button"
        class="icon-button back"
        aria-label={unread > 0 ? `All conversations, ${unread} unread` : 'All conversations'}
        onClick={() => screen.back()}
      >
        <Icon name="back" />
        <span id="back-unread" class="badge" hidden={unread === 0}>
          {unread > 99 ? '99+' : unread}
        </span>
      </button>
      <TalkFace to={talk.to} isOnline={chat.isOnline} />
      <div class="talk-title">
        <h1 id="talk-name" tabIndex={-1}>
          <bdi>{titleOf(talk)}</bdi>
        </h1>
        <p id="talk-about" title={topic === '' ? undefined : topic} dir="auto">
          {about(talk, topic, chat)}
        </p>
      </div>
      <span class="talk-tools">
        {isRoom(talk.to) && screen.actions.can('members') && (
          <ToolButton
            id="members-open"
            label="Members"
            icon="several"
            onClick={() => screen.open({ kind: 'members', room: talk.to[0] ?? '' })}
          />
        )}
        {person !== undefined && mayModerate(screen, person) && (
          <ToolButton
            id="person-open"
            label={`Moderate ${person}`}
            icon="moderate"
            onClick={() => screen.open({ kind: 'person', name: person })}
          />
        )}
        {screen.actions.can('search') && (
          <ToolButton id="search-open" label="Search" icon="search" onClick={() => screen.open({ kind: 'search' })} />
        )}
      </span>
    </header>
  );
}

interface ToolButtonProps {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly onClick: () => void;
}

function ToolButton({ id, label, icon, onClick }: ToolButtonProps) {
  return (
    <button id={id} type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** Problems with the connection. */
function BannerView({ banner }: { readonly banner: Banner }) {
  const content = banner.content.value;
  if (content === undefined) return null;
  const { text, label, act } = content;
  return (
    <div id="banner" class="banner">
      <p id="banner-text">{text}</p>
      {label !== '' && (
        <button id="banner-action" type="button" class="small" onClick={act}>
          {label}
        </button>
      )}
    </div>
  );
}

/** The line under a conversation's title: who it is with. */
function about(talk: Talk, topic: string, { isConnected, knowsOnline, isOnline, online }: Chat): string {
  const { to } = talk;
  if (!isConnected) return 'Not connected';
  if (to === 'everyone') return knowsOnline ? onlineInWords(online.size) : '';
  if (isRoom(to)) return topic || 'Room';
  if (to.length > 1) return 'A conversation of these people';
  const [name = ''] = to;
  if (isOnline(name)) return 'Online';
  if (!isUserName(name)) return 'Sent by the server; it does not read replies';
  if (!knowsOnline) return '';
  return isKnownUser(talk) ? absenceInWords() : 'Not online';
}

/** Whether a user has this name: it has sent or received a message. */
function isKnownUser({ entries }: Talk): boolean {
  return entries.some(({ mine, state, remark }) => !mine || (state === 'sent' && remark === undefined));
}
