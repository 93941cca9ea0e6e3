import { nameKey } from 'chatserv/client';
import type { Screen } from '../model/screen.ts';
import { isRoom, type Talk } from '../model/talk.ts';
import { emptyInWords } from '../model/words.ts';
import { TalkFace, titleOf } from '../ui/people.tsx';

/** What an empty conversation says. */
export function EmptyView({ screen, talk }: { readonly screen: Screen; readonly talk: Talk }) {
  screen.listed.value;
  const { to } = talk;
  const title = <bdi>{titleOf(talk)}</bdi>;
  const kind = to === 'everyone' ? 'everyone' : isRoom(to) ? 'room' : to;
  return (
    <div id="empty" class="empty">
      <TalkFace to={to} isOnline={screen.chat.isOnline} isBig />
      <p id="empty-title" class="empty-title">
        {to === 'everyone' ? (
          'No messages here yet'
        ) : isRoom(to) ? (
          <>No messages in {title} yet</>
        ) : to.length > 1 ? (
          <>To {title}</>
        ) : (
          <>You and {title}</>
        )}
      </p>
      <p id="empty-text">{emptyInWords(kind)}</p>
      {to === 'everyone' && <FirstSteps screen={screen} />}
    </div>
  );
}

/** Tells somebody who is alone on a server what to do next: perhaps its host, for the first time. */
function FirstSteps({ screen }: { readonly screen: Screen }) {
  const { chat, actions } = screen;
  const isAlone = chat.knowsOnline && [...chat.online].every((name) => nameKey(name) === nameKey(chat.name));
  if (!isAlone) return null;
  const isAdmin = actions.can('announce');
  return (
    <details class="first-steps">
      <summary>Is this your server?</summary>
      <ol>
        <li>
          <b>Invite people.</b> They register at <bdi>{location.origin + location.pathname}</bdi>, if they can reach
          this computer. <kbd>chatserv invite</kbd> makes a link for the first ones.
        </li>
        {!isAdmin && (
          <li>
            <b>Make yourself an admin</b>, on the server's command line: <kbd>chatserv user role {chat.name} admin</kbd>
          </li>
        )}
        <li>
          <b>Add a plugin.</b> <kbd>chatserv new plugin hello</kbd> makes one to start from, and the config switches
          others on.
        </li>
      </ol>
    </details>
  );
}
