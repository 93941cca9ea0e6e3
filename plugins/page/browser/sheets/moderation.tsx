import { useSignal } from '@preact/signals';
import type { Conversation, RequestError } from 'chatserv/client';
import { useEffect } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { clockOf } from '../model/time.ts';
import { refusedInWords } from '../model/words.ts';
import { Problem, Sheet } from '../ui/sheet.tsx';

/** Something that a moderator decides on. */
interface Case {
  readonly key: string;
  readonly user: string;
  /** What was written; undefined if it was deleted. */
  readonly text: string | undefined;
  readonly time: number;
  /** Who reported it, and why. */
  readonly reasons: readonly string[];
  /** Labels, and the command with its values. */
  readonly deeds: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[];
}

interface ModerationSheetProps {
  readonly screen: Screen;
  /** The room; without one, all reports that the user handles. */
  readonly room: string | undefined;
  readonly onClose: () => void;
}

/** The sheet with open reports, and with the messages of a room that wait for approval. */
export function ModerationSheet({ screen, room, onClose }: ModerationSheetProps) {
  const { conversation } = screen.chat;
  const cases = useSignal<readonly Case[] | undefined>(undefined);
  const problem = useSignal('');
  const load = async () => {
    const held = room === undefined || !screen.actions.can('room-held') ? [] : await heldIn(conversation, room);
    const reports = screen.actions.can('reports') ? await reportsOf(conversation, room) : [];
    cases.value = [...held, ...reports];
  };
  const attempt = async (doing: () => Promise<unknown>) => {
    problem.value = '';
    try {
      await doing();
      await load();
    } catch (cause) {
      cases.value ??= [];
      problem.value = refusedInWords(cause as RequestError);
    }
  };
  useEffect(() => void attempt(async () => {}), []);
  return (
    <Sheet id="moderation" title={room === undefined ? 'Reports' : <bdi>{room}</bdi>} isWide onClose={onClose}>
      <Problem text={problem.value} />
      {cases.value === undefined && <p class="hint">Loading …</p>}
      {cases.value?.length === 0 && (
        <p class="hint" role="status">
          No reports are open{room !== undefined && ', and no message waits for approval'}.
        </p>
      )}
      <ul class="cases" aria-label="Reports and waiting messages">
        {cases.value?.map(({ key, user, text, time, reasons, deeds }) => (
          <li key={key} class="case">
            <p>
              <b>
                <bdi>{user}</bdi>
              </b>{' '}
              <span class="hint">{clockOf(time)}</span>
            </p>
            <p class="case-text" dir="auto">
              {text ?? 'This message was deleted.'}
            </p>
            {reasons.map((reason) => (
              <p key={reason} class="hint" dir="auto">
                {reason}
              </p>
            ))}
            <div class="tools">
              {deeds.map(([label, command, values]) => (
                <button
                  key={label}
                  type="button"
                  class="small"
                  aria-label={`${label}: ${user}`}
                  onClick={() => void attempt(() => conversation.command(command, values))}
                >
                  {label}
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** The messages of a room that wait. @throws RequestError */
async function heldIn(conversation: Conversation, room: string): Promise<readonly Case[]> {
  const listed = await listOf(conversation, 'room-held', 'messages', 'number', { room });
  return listed.map(({ number, user, text, time }) => ({
    ...said(`held ${String(number)}`, user, text, time),
    reasons: ['Waits for approval'],
    deeds: [
      ['Approve', 'room-approve', { room, number }],
      ['Reject', 'room-reject', { room, number }],
    ],
  }));
}

/** The open reports. @throws RequestError */
async function reportsOf(conversation: Conversation, room: string | undefined): Promise<readonly Case[]> {
  const listed = await listOf(conversation, 'reports', 'reports', 'id', room === undefined ? {} : { room });
  return listed.map(({ id, user, text, time, reports }) => {
    const { deeds, ...shown } = {
      ...said(`report ${String(id)}`, user, text, time),
      deeds: [['Close the report', 'resolve', { report: id }]] as Case['deeds'],
    };
    const isThere = shown.text !== undefined;
    return {
      ...shown,
      reasons: (Array.isArray(reports) ? reports : []).map(reasonOf),
      deeds: isThere ? [['Delete the message', 'delete', { message: id }], ...deeds] : deeds,
    };
  });
}

function said(key: string, user: unknown, text: unknown, time: unknown): Pick<Case, 'key' | 'user' | 'text' | 'time'> {
  return { key, user: String(user), text: typeof text === 'string' ? text : undefined, time: Date.parse(String(time)) };
}

function reasonOf(report: unknown): string {
  const { user = 'A user', reason } = Object(report) as Record<string, unknown>;
  return reason === '' || reason === undefined ? `Reported by ${String(user)}` : `${String(user)}: ${String(reason)}`;
}

/** All pages of a list. @param field the fact that holds it @param id the field by which it continues @throws RequestError */
async function listOf(
  conversation: Conversation,
  command: string,
  field: string,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const all: Record<string, unknown>[] = [];
  for (let after = {}; ; after = { after: all.at(-1)?.[id] }) {
    const { facts = {} } = await conversation.command(command, { ...values, ...after });
    const page = Array.isArray(facts[field]) ? (facts[field] as Record<string, unknown>[]) : [];
    all.push(...page);
    if (facts.hasMore !== true || page.length === 0) return all;
  }
}
