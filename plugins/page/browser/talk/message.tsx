import { views } from '../model/extensions.ts';
import type { Screen } from '../model/screen.ts';
import { type Entry, SERVER } from '../model/talk.ts';
import { clockOf, isSameDay, machineTime } from '../model/time.ts';
import { Icon } from '../ui/icon.tsx';
import { Face, hueOf, Told } from '../ui/people.tsx';
import { isEmoji } from './addresses.ts';
import { PluginPart } from './plugin-part.tsx';
import { Reactions } from './reactions.tsx';
import { Text } from './text.tsx';

/** Messages of one person within this time are grouped, in milliseconds. */
const TOGETHER = 5 * 60_000;

/** Whether a message is grouped with the one before it, under one head. */
export function isSaidTogether(before: Entry, entry: Entry): boolean {
  if (before.from !== entry.from || entry.from === SERVER || before.isNote || entry.isNote) return false;
  return entry.time - before.time < TOGETHER && isSameDay(before.time, entry.time);
}

export interface MessageProps {
  readonly screen: Screen;
  readonly entry: Entry;
  /** Whether it has a head, with sender and time; whether none follows under that head. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** The message that it answers, if that is on the page. */
  readonly answered: Entry | undefined;
  /** Whether it has just arrived. */
  readonly isNew: boolean;
}

/** A message, or what has happened. */
export function MessageView(props: MessageProps) {
  const { screen, entry } = props;
  if (entry.isNote) return <Happening screen={screen} entry={entry} version={entry.version} />;
  return entry.from === SERVER ? <Announcement screen={screen} entry={entry} /> : <Message {...props} />;
}

function Message({ screen, entry, isFirst, isLast, answered, isNew }: MessageProps) {
  const { key, from, mine, time, text, form, change, reply, state, mentionsMe } = entry;
  const said = <time dateTime={machineTime(time)}>{clockOf(time)}</time>;
  const isRemoved = change === 'removed';
  const classes = [
    'message',
    mine && 'mine',
    isFirst && 'first',
    isLast && 'last',
    isNew && 'new',
    mentionsMe && 'mentioned',
    (state === 'waiting' || state === 'failed') && state,
  ];
  return (
    <li class={classes.filter(Boolean).join(' ')} data-key={key}>
      {isFirst ? (
        <>
          <Face name={from} />
          <div class="head">
            <span class={`name ${hueOf(from)}`}>{mine ? 'You' : <bdi>{from}</bdi>}</span>
            {said}
          </div>
        </>
      ) : (
        <span class="unseen">
          {mine ? 'You' : <bdi>{from}</bdi>}, {said}:{' '}
        </span>
      )}
      {reply !== undefined && (
        <div class="quote hint" dir="auto">
          <Quote answered={answered} />
        </div>
      )}
      <div
        class={isRemoved ? 'body removed' : form === 'action' ? 'body action' : isEmoji(text) ? 'body emoji' : 'body'}
        dir="auto"
        title={isFirst ? undefined : clockOf(time)}
      >
        {form === 'action' && !isRemoved && (
          <>
            * <bdi>{from}</bdi>{' '}
          </>
        )}
        {isRemoved ? 'This message was deleted.' : <Text text={text} me={screen.chat.name} />}
      </div>
      {change === 'edited' && <span class="hint edited">edited</span>}
      {!isRemoved && <Reactions screen={screen} entry={entry} />}
      {state === 'waiting' && (
        <span class="state" title="Waiting to be sent">
          <Icon name="waiting" />
          <span class="unseen">waiting to be sent</span>
        </span>
      )}
      {entry.id !== undefined && !isRemoved && (
        <button
          type="button"
          class="act"
          tabIndex={-1}
          aria-label="Message menu"
          aria-haspopup="menu"
          onClick={({ currentTarget }) => {
            screen.menu.value = { entry, anchor: currentTarget };
          }}
        >
          <Icon name="more" />
        </button>
      )}
      <Remark screen={screen} entry={entry} />
    </li>
  );
}

/** Why a message failed, or who did not get it. */
function Remark({ screen, entry }: Pick<MessageProps, 'screen' | 'entry'>) {
  const { state, remark } = entry;
  if (remark === undefined) return null;
  return (
    <p class="remark">
      <Icon name="failed" />
      <span>{remark}</span>
      {state === 'failed' && (
        <>
          <button type="button" class="link" onClick={() => screen.again(entry)}>
            Send again
          </button>
          <button type="button" class="link" onClick={() => screen.discard(entry)}>
            Discard
          </button>
        </>
      )}
    </p>
  );
}

/** What an answer quotes; the style cuts it to one line. */
function Quote({ answered }: Pick<MessageProps, 'answered'>) {
  if (answered === undefined) return <>In reply to an earlier message</>;
  if (answered.change === 'removed') return <>In reply to a deleted message</>;
  return (
    <>
      {answered.mine ? 'You' : <bdi>{answered.from}</bdi>}: {answered.text}
    </>
  );
}

/** @param version makes it another one after a change: a component that reads signals is rendered for new props only */
function Happening({
  screen,
  entry,
}: Pick<MessageProps, 'screen' | 'entry'> & { readonly version: number | undefined }) {
  const { key, from, time, text, kind = '' } = entry;
  const view = views.value.get(kind);
  return (
    <li class={`note ${view === undefined ? 'happened' : 'shown'} first`} data-key={key}>
      {view !== undefined && <PluginPart screen={screen} entry={entry} view={view} />}
      {view === undefined && (
        <div class="line hint">
          <span dir="auto">
            <Told from={from} text={text} />
          </span>{' '}
          <time dateTime={machineTime(time)}>{clockOf(time)}</time>
        </div>
      )}
    </li>
  );
}

function Announcement({ screen, entry: { key, time, text } }: Pick<MessageProps, 'screen' | 'entry'>) {
  return (
    <li class="note announcement first" data-key={key}>
      <div class="line" dir="auto">
        <Text text={text} me={screen.chat.name} />
      </div>
      <span class="hint">
        Announcement, <time dateTime={machineTime(time)}>{clockOf(time)}</time>
      </span>
    </li>
  );
}
