import { useSignal } from '@preact/signals';
import { type Conversation, commandOf, type RequestError, requestProblem } from 'chatserv/client';
import { useEffect, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { Problem, Sheet } from '../ui/sheet.tsx';

/** A room in the facts of `rooms`. */
interface ListedRoom {
  readonly roomName: string;
  readonly topic: string;
  readonly size: number;
  /** The user's role; null for one who is not a member. */
  readonly role: string | null;
}

/** Whether the server has rooms. */
export function hasRooms({ commands }: Conversation): boolean {
  return commandOf('rooms', commands) !== undefined;
}

/** The sheet that lists rooms, to join or create one. */
export function RoomsSheet({ screen, onClose }: { readonly screen: Screen; readonly onClose: () => void }) {
  const { conversation } = screen.chat;
  const name = useRef<HTMLInputElement>(null);
  const rooms = useSignal<readonly ListedRoom[] | undefined>(undefined);
  const problem = useSignal('');
  useEffect(() => {
    allRooms(conversation).then(
      (listed) => {
        rooms.value = listed;
      },
      (cause) => {
        rooms.value = [];
        problem.value = requestProblem(cause as RequestError);
      },
    );
  }, []);
  const open = (room: string) => {
    onClose();
    screen.choose([room]);
  };
  /** Joins or creates a room, and opens it. */
  const enter = async (command: 'join' | 'create', room: string) => {
    try {
      await conversation.command(command, { room });
      open(room);
    } catch (cause) {
      problem.value = requestProblem(cause as RequestError);
    }
  };
  return (
    <Sheet id="rooms" title="Rooms" onClose={onClose}>
      <Problem id="rooms-problem" text={problem.value} />
      <div class="rooms-list">
        {rooms.value === undefined ? (
          <p class="hint">Loading …</p>
        ) : rooms.value.length === 0 ? (
          <p class="hint">There are no rooms yet. Create the first one below.</p>
        ) : (
          <ul aria-label="Rooms">
            {rooms.value.map(({ roomName, topic, size, role }) => (
              <li key={roomName} class="room">
                <span class="room-words">
                  <b>
                    <bdi>{roomName}</bdi>
                  </b>
                  <span class="hint">
                    {[size === 1 ? '1 member' : `${size} members`, topic].filter((part) => part !== '').join(' · ')}
                  </span>
                </span>
                <button
                  type="button"
                  class="small"
                  aria-label={`${role === null ? 'Join' : 'Open'} ${roomName}`}
                  onClick={() => (role === null ? void enter('join', roomName) : open(roomName))}
                >
                  {role === null ? 'Join' : 'Open'}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const room = (name.current?.value ?? '').trim().replace(/^#?/, '#');
          if (room === '#') problem.value = 'Please fill in a name.';
          else void enter('create', room);
        }}
      >
        <label for="rooms-name">New room</label>
        <div class="joined">
          <input
            id="rooms-name"
            ref={name}
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxLength={64}
            dir="auto"
            placeholder="#"
          />
          <button class="quiet" type="submit">
            Create
          </button>
        </div>
      </form>
    </Sheet>
  );
}

/** All rooms that the user can see. @throws RequestError */
export async function allRooms(conversation: Conversation): Promise<readonly ListedRoom[]> {
  const rooms: ListedRoom[] = [];
  for (let after: string | undefined; ; after = rooms.at(-1)?.roomName) {
    const { facts } = await conversation.command('rooms', after === undefined ? {} : { after });
    const page = Array.isArray(facts?.rooms) ? facts.rooms.filter(isRoom) : [];
    rooms.push(...page);
    if (facts?.hasMore !== true || page.length === 0) return rooms;
  }
}

function isRoom(value: unknown): value is ListedRoom {
  const { roomName, topic, size, role } = Object(value) as Record<string, unknown>;
  const isRole = role === null || typeof role === 'string';
  return typeof roomName === 'string' && typeof topic === 'string' && typeof size === 'number' && isRole;
}
