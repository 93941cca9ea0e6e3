import { useSignal } from '@preact/signals';
import { type Conversation, type RequestError, requestProblem } from 'chatserv/client';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { keyOf } from '../list/people.ts';
import { VirtualRows } from '../list/virtual-rows.tsx';
import type { Screen } from '../model/screen.ts';
import { refusedInWords } from '../model/words.ts';
import { Face } from '../ui/people.tsx';
import { Problem, Sheet } from '../ui/sheet.tsx';
import { RoomTools } from './room-tools.tsx';

interface Member {
  readonly name: string;
  readonly role: string;
}

/** A room in the facts of `room`. */
interface RoomFacts {
  readonly topic: string;
  readonly access: string;
  readonly role: string | null;
  readonly size: number;
}

/** What moderators do with a member: label, and the command with its arguments after room and name. */
const MODERATION: readonly (readonly [string, string, string])[] = [
  ['Mute for 10 minutes', 'room-mute', '10m'],
  ['Unmute', 'room-unmute', ''],
  ['Remove from the room', 'room-kick', ''],
  ['Ban for a week', 'room-ban', '7d'],
  ['Ban for good', 'room-ban', ''],
];

/** What owners do: give roles. */
const ROLES: readonly (readonly [string, string, string])[] = [
  ['Make a reader', 'room-role', 'reader'],
  ['Make a member', 'room-role', 'member'],
  ['Make a speaker', 'room-role', 'speaker'],
  ['Make a moderator', 'room-role', 'moderator'],
  ['Make an owner', 'room-role', 'owner'],
];

/** The roles from the weakest to the strongest. */
const RANKS = ['reader', 'member', 'speaker', 'moderator', 'owner'];
const MODERATOR = RANKS.indexOf('moderator');
const OWNER = RANKS.indexOf('owner');

/** The sheet with the members of a room, and what the user may do with them. */
export function MembersSheet({
  screen,
  room,
  onClose,
}: {
  readonly screen: Screen;
  readonly room: string;
  readonly onClose: () => void;
}) {
  const { conversation } = screen.chat;
  const facts = useSignal<RoomFacts | undefined>(undefined);
  const members = useSignal<readonly Member[]>([]);
  const filter = useSignal('');
  const problem = useSignal('');
  const done = useSignal('');
  const chosen = useSignal<string | undefined>(undefined);
  const scroller = useRef<HTMLElement>(null);
  /** The member chosen last, to whom the focus returns from a button that is gone. */
  const last = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    if (last.current === undefined || document.activeElement !== document.body) return;
    const rows = [...(scroller.current?.querySelectorAll<HTMLElement>('.member') ?? [])];
    (rows.find(({ dataset }) => dataset.key === last.current) ?? scroller.current)?.focus({ preventScroll: true });
  });
  const load = async () => {
    try {
      facts.value = roomIn((await conversation.command('room', { room })).facts);
      await allMembers(conversation, room, (listed) => {
        members.value = listed;
      });
    } catch (cause) {
      problem.value = requestProblem(cause as RequestError);
    }
  };
  useEffect(() => void load(), []);
  const act = async (label: string, command: string, rest: string) => {
    problem.value = '';
    done.value = '';
    try {
      await conversation.command(command, `${room} ${rest}`.trim());
      done.value = `${label}: done.`;
      chosen.value = undefined;
      await load();
      return true;
    } catch (cause) {
      problem.value = refusedInWords(cause as RequestError);
      return false;
    }
  };
  const wanted = keyOf(filter.value.trim());
  const shown = wanted === '' ? members.value : members.value.filter(({ name }) => keyOf(name).includes(wanted));
  const { topic = '', role = null, size = members.value.length, access = '' } = facts.value ?? {};
  const mine = RANKS.indexOf(role ?? '');
  return (
    <Sheet id="members" title={<bdi>{room}</bdi>} isWide onClose={onClose}>
      <p class="hint">
        {[size === 1 ? '1 member' : `${size} members`, access, topic].filter((part) => part !== '').join(' · ')}
      </p>
      <Problem text={problem.value} />
      <p class="hint" role="status" hidden={done.value === ''}>
        {done.value}
      </p>
      {mine >= MODERATOR && <RoomTools screen={screen} room={room} topic={topic} isOwner={mine === OWNER} act={act} />}
      <input
        type="text"
        aria-label="Find a member"
        placeholder="Find a member"
        autocomplete="off"
        value={filter.value}
        onInput={({ currentTarget }) => {
          filter.value = currentTarget.value;
        }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it is scrolled by the keys */}
      <section class="members" ref={scroller} aria-label="Members" tabIndex={0}>
        <VirtualRows
          label="Members"
          scroller={scroller}
          count={shown.length}
          kept={shown.findIndex(({ name }) => name === chosen.value)}
          keyOf={(index) => shown[index]?.name ?? ''}
          row={(index) => {
            const member = shown[index];
            return (
              member && (
                <button
                  type="button"
                  class="member"
                  data-key={member.name}
                  aria-expanded={member.name === chosen.value}
                  onClick={() => {
                    last.current = member.name;
                    chosen.value = member.name === chosen.value ? undefined : member.name;
                  }}
                >
                  <Face name={member.name} isOnline={screen.chat.isOnline(member.name)} />
                  <bdi>{member.name}</bdi>
                  {member.role !== 'member' && <span class="hint">{member.role}</span>}
                </button>
              )
            );
          }}
        />
      </section>
      {chosen.value !== undefined && (
        <MemberTools
          screen={screen}
          member={shown.find(({ name }) => name === chosen.value)}
          mine={mine}
          act={act}
          onClose={onClose}
        />
      )}
      <div class="actions">
        <button
          type="button"
          class="quiet danger"
          onClick={() => {
            onClose();
            void screen.actions.run('Leave the room', 'leave', { room });
          }}
        >
          Leave the room
        </button>
      </div>
    </Sheet>
  );
}

interface MemberToolsProps {
  readonly screen: Screen;
  readonly member: Member | undefined;
  /** The rank of the user's own role. */
  readonly mine: number;
  readonly act: (label: string, command: string, rest: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** What the user may do with a member. */
function MemberTools({ screen, member, mine, act, onClose }: MemberToolsProps) {
  if (member === undefined) return null;
  const { name, role } = member;
  const isOther = name !== screen.chat.name;
  const isBelow = mine === OWNER || (mine === MODERATOR && RANKS.indexOf(role) < MODERATOR);
  const acts = isOther && isBelow ? [...MODERATION, ...(mine === OWNER ? ROLES : [])] : [];
  return (
    <fieldset class="tools">
      <legend>
        <bdi>{name}</bdi>
      </legend>
      {isOther && (
        <button
          type="button"
          class="small"
          onClick={() => {
            onClose();
            screen.choose([name]);
          }}
        >
          Write to {name}
        </button>
      )}
      {acts
        .filter(([, command]) => screen.actions.can(command))
        .filter(([, command, rest]) => command !== 'room-role' || rest !== role)
        .map(([label, command, rest]) => (
          <button key={label} type="button" class="small" onClick={() => void act(label, command, `${name} ${rest}`)}>
            {label}
          </button>
        ))}
    </fieldset>
  );
}

function roomIn(facts: unknown): RoomFacts {
  const { topic, access, role, size } = Object(facts) as Record<string, unknown>;
  return {
    topic: typeof topic === 'string' ? topic : '',
    access: typeof access === 'string' ? access : '',
    role: typeof role === 'string' ? role : null,
    size: typeof size === 'number' ? size : 0,
  };
}

/** Loads all members. @param listed called after each page @throws RequestError */
async function allMembers(
  conversation: Conversation,
  room: string,
  listed: (members: readonly Member[]) => void,
): Promise<void> {
  const members: Member[] = [];
  for (let after: string | undefined; ; after = members.at(-1)?.name) {
    const { facts } = await conversation.command('members', after === undefined ? { room } : { room, after });
    const page = Array.isArray(facts?.members) ? facts.members.filter(isMember) : [];
    members.push(...page);
    listed([...members]);
    if (facts?.hasMore !== true || page.length === 0) return;
  }
}

function isMember(value: unknown): value is Member {
  const { name, role } = Object(value) as Record<string, unknown>;
  return typeof name === 'string' && typeof role === 'string';
}
