import { useSignal } from '@preact/signals';
import type { RequestError } from 'chatserv/client';
import { useEffect } from 'preact/hooks';
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

/** The roles that admins give: the word, and what it makes of a person. */
const ROLES: readonly (readonly [role: string, title: string])[] = [
  ['moderator', 'a moderator'],
  ['admin', 'an admin'],
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
  /** The person's roles; undefined while they are unknown. */
  const roles = useSignal<readonly string[] | undefined>(undefined);
  const run = async (label: string, command: string, given: Readonly<Record<string, unknown>>) => {
    problem.value = '';
    done.value = '';
    try {
      const { facts } = await chat.conversation.command(command, given);
      if (command === 'role') roles.value = rolesIn(facts);
      done.value = `${label}: done.`;
    } catch (cause) {
      problem.value = refusedInWords(cause as RequestError);
    }
  };
  const act = (label: string, command: string, time?: number) => {
    const person = OF_TARGETS.has(command) ? { target: `user:${name}` } : { user: name };
    void run(label, command, time === undefined ? person : { ...person, time });
  };
  const setRoles = (label: string, wanted: readonly string[]) => {
    void run(label, 'role', { user: name, roles: wanted.length === 0 ? 'none' : wanted.join(' ') });
  };
  screen.listed.value;
  const givesRoles = actions.can('role');
  useEffect(() => {
    if (!givesRoles) return;
    chat.conversation.command('role', { user: name }).then(
      ({ facts }) => {
        roles.value = rolesIn(facts);
      },
      // Of somebody whom the server does not know there are none to change.
      () => {},
    );
  }, [givesRoles]);
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
          <button key={label} type="button" class="small" onClick={() => act(label, command, time)}>
            {label}
          </button>
        ))}
      </fieldset>
      {givesRoles && roles.value !== undefined && <RoleTools roles={roles.value} set={setRoles} />}
      <p class="hint">Mutes and bans apply to all rooms and conversations.</p>
    </Sheet>
  );
}

interface RoleToolsProps {
  /** The person's roles. */
  readonly roles: readonly string[];
  readonly set: (label: string, roles: readonly string[]) => void;
}

/** The person's roles on the server, to give and to take away. */
function RoleTools({ roles, set }: RoleToolsProps) {
  return (
    <fieldset class="tools">
      <legend>{roles.length === 0 ? 'Role: none' : `Role: ${roles.join(', ')}`}</legend>
      {ROLES.map(([role, title]) => {
        const has = roles.includes(role);
        const label = has ? `No longer ${title}` : `Make ${title}`;
        const wanted = has ? roles.filter((other) => other !== role) : [...roles, role];
        return (
          <button key={role} type="button" class="small" onClick={() => set(label, wanted)}>
            {label}
          </button>
        );
      })}
    </fieldset>
  );
}

function rolesIn(facts: unknown): readonly string[] {
  const { roles } = Object(facts) as { readonly roles?: unknown };
  return Array.isArray(roles) ? roles.map(String) : [];
}
