import { useSignal } from '@preact/signals';
import type { RequestError } from 'chatserv/client';
import type { Screen } from '../model/screen.ts';
import { refusedInWords } from '../model/words.ts';
import { isUserName } from '../ui/people.tsx';
import { Problem, Sheet } from '../ui/sheet.tsx';

const DAY = 86_400;

/** What moderators and admins of the server do with a person: label, command, and for how long, in seconds. */
const MODERATION: readonly (readonly [label: string, command: string, time?: number])[] = [
  ['Mute for 10 minutes', 'mute', 600],
  ['Mute for a day', 'mute', DAY],
  ['Unmute', 'unmute'],
  ['Disconnect', 'kick'],
  ['Ban for a week', 'ban', 7 * DAY],
  ['Ban for good', 'ban'],
  ['Lift the ban', 'unban'],
];

/** Commands that also take addresses. */
const OF_TARGETS = new Set(['ban', 'unban']);

/** Whether the user may act on a person. */
export function mayModerate({ actions, chat }: Screen, name: string): boolean {
  return isUserName(name) && name !== chat.name && MODERATION.some(([, command]) => actions.can(command));
}

interface PersonSheetProps {
  readonly screen: Screen;
  readonly name: string;
  readonly onClose: () => void;
}

/** The sheet with what moderators and admins of the server may do with a person. */
export function PersonSheet({ screen, name, onClose }: PersonSheetProps) {
  const { chat, actions } = screen;
  const problem = useSignal('');
  const done = useSignal('');
  const act = async (label: string, command: string, time?: number) => {
    problem.value = '';
    done.value = '';
    const person = OF_TARGETS.has(command) ? { target: `user:${name}` } : { user: name };
    try {
      await chat.conversation.command(command, time === undefined ? person : { ...person, time });
      done.value = `${label}: done.`;
    } catch (cause) {
      problem.value = refusedInWords(cause as RequestError);
    }
  };
  screen.listed.value;
  return (
    <Sheet id="person" title={<bdi>{name}</bdi>} onClose={onClose}>
      <p class="hint">{chat.isOnline(name) ? 'Online' : 'Not online'}</p>
      <Problem text={problem.value} />
      <p class="hint" role="status" hidden={done.value === ''}>
        {done.value}
      </p>
      <fieldset class="tools">
        <legend>On this server</legend>
        {MODERATION.filter(([, command]) => actions.can(command)).map(([label, command, time]) => (
          <button key={label} type="button" class="small" onClick={() => void act(label, command, time)}>
            {label}
          </button>
        ))}
      </fieldset>
      <p class="hint">Mutes and bans apply to all rooms and conversations.</p>
    </Sheet>
  );
}
