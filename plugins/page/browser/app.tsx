import { SideView } from './list/side.tsx';
import { LoginView } from './login/login-view.tsx';
import type { Page } from './model/page.ts';
import type { Screen } from './model/screen.ts';
import { MembersSheet } from './sheets/members.tsx';
import { ModerationSheet } from './sheets/moderation.tsx';
import { PersonSheet } from './sheets/person.tsx';
import { QuestionSheet } from './sheets/question.tsx';
import { RoomsSheet } from './sheets/rooms.tsx';
import { SearchSheet } from './sheets/search.tsx';
import { SettingsSheet } from './sheets/settings.tsx';
import { StartSheet } from './sheets/start.tsx';
import { TalkView } from './talk/talk-view.tsx';

/** The whole page. */
export function App({ page }: { readonly page: Page }) {
  const screen = page.screen.value;
  const question = page.questions.open.value;
  return (
    <>
      {screen === undefined ? <LoginView form={page.login} /> : <ChatView page={page} screen={screen} />}
      {screen !== undefined && <OpenSheetView screen={screen} />}
      {question !== undefined && <QuestionSheet key={keyOf(question)} question={question} />}
      <Announcements page={page} />
    </>
  );
}

/** A chat: the list and the open conversation. */
function ChatView({ page, screen }: { readonly page: Page; readonly screen: Screen }) {
  return (
    <main id="chat" class="chat" data-pane={screen.pane.value}>
      <a class="skip" href="#composer-text">
        Skip to writing
      </a>
      <SideView screen={screen} />
      <TalkView banner={page.banner} screen={screen} />
    </main>
  );
}

function OpenSheetView({ screen }: { readonly screen: Screen }) {
  const sheet = screen.sheet.value;
  const onClose = () => {
    if (screen.sheet.peek() === sheet) screen.sheet.value = undefined;
  };
  switch (sheet?.kind) {
    case 'start':
      return <StartSheet screen={screen} onClose={onClose} />;
    case 'rooms':
      return <RoomsSheet screen={screen} onClose={onClose} />;
    case 'settings':
      return <SettingsSheet screen={screen} onClose={onClose} />;
    case 'search':
      return <SearchSheet screen={screen} onClose={onClose} />;
    case 'members':
      return <MembersSheet screen={screen} room={sheet.room} onClose={onClose} />;
    case 'person':
      return <PersonSheet screen={screen} name={sheet.name} onClose={onClose} />;
    case 'moderation':
      return <ModerationSheet screen={screen} room={sheet.room} onClose={onClose} />;
    default:
      return null;
  }
}

/** What screen readers read out. */
function Announcements({ page }: { readonly page: Page }) {
  return (
    <div id="announcer" class="unseen" aria-live="polite" aria-atomic="false">
      {page.announcer.sentences.value.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}

const keys = new WeakMap<object, number>();
let count = 0;

/** A key of an object. */
function keyOf(object: object): number {
  const key = keys.get(object) ?? ++count;
  keys.set(object, key);
  return key;
}
