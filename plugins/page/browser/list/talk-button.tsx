import type { Chat } from '../model/chat.ts';
import { isRoom, type Talk } from '../model/talk.ts';
import { shortly } from '../model/time.ts';
import { speakerOf, TalkFace, Told, titleOf } from '../ui/people.tsx';

interface TalkButtonProps {
  readonly talk: Talk;
  readonly isCurrent: boolean;
  /** Whether the Tab key stops here. */
  readonly isStop: boolean;
  readonly chat: Chat;
}

/** A conversation or a person in the list. */
export function TalkButton({ talk, isCurrent, isStop, chat }: TalkButtonProps) {
  const { key, to, unread, mentions, level = 'all' } = talk;
  const last = talk.entries.at(-1);
  const [only = ''] = to === 'everyone' ? [] : to;
  const isThere = to !== 'everyone' && to.length === 1 && !isRoom(to) && chat.isOnline(only);
  const isMuted = level === 'nothing' || (level === 'mentions' && mentions === 0);
  return (
    <button
      type="button"
      class={`talk-button${unread > 0 && !isMuted ? ' unread' : ''}`}
      data-key={key}
      tabIndex={isStop ? 0 : -1}
      aria-current={isCurrent ? 'true' : undefined}
    >
      <TalkFace to={to} isOnline={chat.isOnline} />
      <span class="who">
        <bdi>{titleOf(talk)}</bdi>
        {isThere && <span class="unseen">, online</span>}
      </span>
      {last !== undefined && (
        <span class="last">
          <Preview talk={talk} last={last} />
        </span>
      )}
      {last !== undefined && unread === 0 && <span class="when">{shortly(last.time, Date.now())}</span>}
      {unread > 0 && (
        <span class={`badge${mentions > 0 ? ' mention' : isMuted ? ' muted' : ''}`}>
          {mentions > 0 && <span aria-hidden="true">@</span>}
          {unread > 99 ? '99+' : unread}
          <span class="unseen">
            {' '}
            unread{mentions > 0 ? `, ${mentions} ${mentions === 1 ? 'mentions' : 'mention'} you` : ''}
          </span>
        </span>
      )}
    </button>
  );
}

function Preview({ talk, last }: { readonly talk: Talk; readonly last: Talk['entries'][number] }) {
  const { mine, from, text, isNote, change } = last;
  if (change === 'removed') return <>Deleted message</>;
  const said = <bdi>{isNote ? <Told from={from} text={text.slice(0, 200)} /> : text.slice(0, 200)}</bdi>;
  if (isNote) return said;
  if (mine) return <>You: {said}</>;
  if (talk.to !== 'everyone' && !isRoom(talk.to)) return said;
  return (
    <>
      <bdi>{speakerOf(from)}</bdi>: {said}
    </>
  );
}
