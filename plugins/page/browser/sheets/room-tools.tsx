import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';

interface RoomToolsProps {
  readonly screen: Screen;
  readonly room: string;
  readonly topic: string;
  readonly isOwner: boolean;
  /** Calls a command with what follows the room's name. @returns whether it was carried out */
  readonly act: (label: string, command: string, rest: string) => Promise<boolean>;
}

/** What moderators and owners do with a room: set its topic, invite, see messages first, handle reports. */
export function RoomTools({ screen, room, topic, isOwner, act }: RoomToolsProps) {
  return (
    <div class="room-tools">
      <LineForm
        id="room-topic"
        label="Topic"
        button="Set"
        value={topic}
        onLine={(text) => act('Set the topic', 'topic', text || '-')}
      />
      <LineForm
        id="room-invite"
        label="Invite a person"
        button="Invite"
        onLine={async (name) => name !== '' && act('Invite', 'invite', name)}
      />
      <div class="tools">
        {isOwner && (
          <button type="button" class="small" onClick={() => void act('Approval', 'room-approval', 'on')}>
            Approve messages first
          </button>
        )}
        <button type="button" class="small" onClick={() => screen.open({ kind: 'moderation', room })}>
          Reports and waiting messages
        </button>
      </div>
    </div>
  );
}

interface LineFormProps {
  readonly id: string;
  readonly label: string;
  readonly button: string;
  /** What the field holds at first, and after a change of it. Without it the field is emptied once its text was taken. */
  readonly value?: string;
  /** @returns whether the text was taken */
  readonly onLine: (text: string) => Promise<boolean>;
}

/** A field with a button in it. */
function LineForm({ id, label, button, value, onLine }: LineFormProps) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (input.current !== null) input.current.value = value ?? '';
  }, [value]);
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const isTaken = await onLine(input.current?.value.trim() ?? '');
        if (isTaken && value === undefined && input.current !== null) input.current.value = '';
      }}
    >
      <label for={id}>{label}</label>
      <div class="joined">
        <input id={id} ref={input} type="text" dir="auto" autocomplete="off" />
        <button type="submit" class="quiet">
          {button}
        </button>
      </div>
    </form>
  );
}
