import { useSignal } from '@preact/signals';
import type { PluginTools, PluginView } from '../model/extensions.ts';

interface DeedsProps {
  readonly text: string;
  /** Labels, what is said afterwards, and the command with its values. */
  readonly deeds: readonly (readonly [string, string, string, Readonly<Record<string, unknown>>])[];
  readonly call: PluginTools['call'];
}

/** What a moderator is told, with a button for each thing to do. */
function Deeds({ text, deeds, call }: DeedsProps) {
  const done = useSignal('');
  return (
    <>
      <div class="line" dir="auto">
        {text}
      </div>
      {done.value === '' ? (
        <div class="tools">
          {deeds.map(([label, said, command, values]) => (
            <button
              key={label}
              type="button"
              class="small"
              onClick={async () => {
                if ((await call(command, values)) !== undefined) done.value = said;
              }}
            >
              {label}
            </button>
          ))}
        </div>
      ) : (
        <span class="hint" role="status">
          {done.value}
        </span>
      )}
    </>
  );
}

/** A message that waits for approval. */
const held: PluginView = ({ data }, { call }) => {
  const { roomName: room, number, user, text, waiting } = Object(data) as Record<string, unknown>;
  if (typeof number !== 'number') {
    return `${waiting === 1 ? 'A message waits' : `${String(waiting)} messages wait`} for approval.`;
  }
  return (
    <Deeds
      text={`${String(user)} wants to say: ${String(text)}`}
      call={call}
      deeds={[
        ['Approve', 'Approved.', 'room-approve', { room, number }],
        ['Reject', 'Rejected.', 'room-reject', { room, number }],
      ]}
    />
  );
};

/** A message that was reported. */
const report: PluginView = ({ data }, { call }) => {
  const { id, user, by = 'A user', reason, open, roomName } = Object(data) as Record<string, unknown>;
  if (typeof id !== 'number') {
    const list = typeof roomName === 'string' ? `/reports ${roomName}` : '/reports';
    return open === 1 ? `A report is open: ${list} shows it.` : `${String(open)} reports are open: ${list} lists them.`;
  }
  const why = typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
  return (
    <Deeds
      text={`${String(by)} reported a message by ${String(user)}${why}`}
      call={call}
      deeds={[
        ['Delete the message', 'Deleted.', 'delete', { message: id }],
        ['Close the report', 'Closed.', 'resolve', { report: id }],
      ]}
    />
  );
};

/** What moderators are told, by the kinds of entries. */
export const moderationViews: Readonly<Record<string, PluginView>> = { held, report };
