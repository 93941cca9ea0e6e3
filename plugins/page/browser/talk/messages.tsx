import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { type Entry, shownIn, type Talk } from '../model/talk.ts';
import { Icon } from '../ui/icon.tsx';
import { EmptyView } from './empty-view.tsx';
import { LongPress } from './long-press.ts';
import { RowBlocks } from './row-blocks.tsx';

/** How close to its end a conversation counts as read, in pixels. */
const NEAR = 80;

/** How close to its start earlier messages are loaded, in pixels. */
const FAR = 600;

/** How many new messages can be seen without going to the first one. */
const FEW = 8;

/** What a conversation was scrolled to before it was rendered. */
interface Place {
  readonly talk: Talk;
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** The last message that is not waiting to be sent, which others may come before. */
  readonly latest: Entry | undefined;
  readonly note: number | undefined;
  readonly excerpt: Talk['excerpt'];
  readonly height: number;
  readonly top: number;
}

/** The messages of the open conversation, and the button to the latest ones. */
export function Messages({ screen }: { readonly screen: Screen }) {
  screen.messages.value;
  const talk = screen.talk.value;
  const entries = shownIn(talk);
  const scroll = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  /** Whether to stay at the end when messages arrive or the page is resized. */
  const follows = useRef(true);
  const place = useRef<Place | undefined>(undefined);
  /** The heights of all messages, and of what is shown, when it was scrolled last. */
  const size = useRef<readonly [number, number]>([0, 0]);
  const hasNews = useSignal(false);
  const isFar = useSignal(false);
  const blocks = useMemo(() => new RowBlocks(screen), [screen]).render(talk, entries);
  const longPress = useMemo(() => new LongPress(screen), [screen]);

  const toGo = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = scroll.current ?? {};
    return scrollHeight - scrollTop - clientHeight;
  };
  const looked = () => {
    if (follows.current) hasNews.value = false;
    isFar.value = talk.excerpt !== undefined || (!follows.current && toGo() > (scroll.current?.clientHeight ?? 0));
    if (scroll.current === null) return;
    if (scroll.current.scrollTop < FAR) void screen.chat.load(talk, 'earlier');
    if (talk.excerpt !== undefined && toGo() < FAR) void screen.chat.load(talk, 'later');
  };
  const goToEnd = () => {
    if (scroll.current !== null) scroll.current.scrollTop = scroll.current.scrollHeight;
    follows.current = true;
    talk.isReadBack = false;
    size.current = [scroll.current?.scrollHeight ?? 0, scroll.current?.clientHeight ?? 0];
    looked();
  };
  const scrolled = () => {
    const { scrollHeight = 0, clientHeight = 0 } = scroll.current ?? {};
    const before = size.current;
    size.current = [scrollHeight, clientHeight];
    // What is scrolled by a change of sizes stays at the end; only the user leaves it.
    if (follows.current && (before[0] !== scrollHeight || before[1] !== clientHeight)) return goToEnd();
    follows.current = talk.excerpt === undefined && toGo() < NEAR;
    talk.isReadBack = !follows.current;
    looked();
  };

  useLayoutEffect(() => {
    const before = place.current;
    const view = scroll.current;
    if (view === null) return;
    const [first, last, note] = [entries[0]?.key, entries.at(-1)?.key, talk.notes.at(-1)?.key];
    const latest = entries.findLast(({ state }) => state !== 'waiting');
    const isOther = before?.talk !== talk;
    const isMine = last !== before?.last && entries.at(-1)?.mine === true && entries.at(-1)?.isNote !== true;
    if (isOther) hasNews.value = false;
    const target = screen.target.peek();
    if (target !== undefined && goTo(view, target)) {
      screen.target.value = undefined;
      follows.current = false;
      talk.isReadBack = true;
      looked();
    } else if (isOther || follows.current || isMine || (note !== undefined && note !== before?.note)) {
      if (talk.excerpt === undefined) goToEnd();
    } else {
      const isNews = latest !== before?.latest && latest?.state === undefined;
      if (isNews && talk.excerpt === undefined && before?.excerpt === undefined) hasNews.value = true;
      // Earlier messages were added above: those in sight stay there.
      if (before !== undefined && first !== before.first && before.excerpt === talk.excerpt) {
        view.scrollTop = before.top + view.scrollHeight - before.height;
      }
      looked();
    }
    if (isOther && isInSight(view, screen.news.first.peek())) screen.news.seen();
    const { scrollHeight: height, scrollTop: top } = view;
    place.current = { talk, first, last, latest, note, excerpt: talk.excerpt, height, top };
  });
  useEffect(() => {
    // An on-screen keyboard takes space, and so do messages.
    const resized = new ResizeObserver(() => {
      if (follows.current) goToEndNow.current();
    });
    for (const one of [scroll.current, list.current]) if (one !== null) resized.observe(one);
    return () => resized.disconnect();
  }, []);
  const goToEndNow = useRef(goToEnd);
  goToEndNow.current = goToEnd;

  return (
    <>
      <section
        id="scroll"
        class="scroll"
        ref={scroll}
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it is scrolled by the keys
        tabIndex={0}
        onScroll={scrolled}
        onKeyDown={(event) => move(event, list.current)}
      >
        {blocks.length === 0 && <EmptyView screen={screen} talk={talk} />}
        <div id="messages" class="messages" ref={list} {...longPress}>
          {blocks}
        </div>
      </section>
      <UnreadBar screen={screen} />
      {(isFar.value || hasNews.value) && (
        <button
          id="to-end"
          type="button"
          class="to-end"
          onClick={() => {
            screen.leaveExcerpt();
            goToEnd();
            scroll.current?.focus();
          }}
        >
          <Icon name="down" /> <span id="to-end-text">{hasNews.value ? 'New messages' : 'Latest messages'}</span>
        </button>
      )}
    </>
  );
}

/** Says what was unread when the conversation was opened, and goes there. */
function UnreadBar({ screen }: { readonly screen: Screen }) {
  const unread = screen.news.unread.value;
  // A few messages are in sight.
  if (unread === undefined || unread.count < FEW) return null;
  return (
    <div class="unread-bar">
      <button type="button" class="link" onClick={() => void screen.actions.jumpToFirstUnread()}>
        <Icon name="up" /> {unread.count} new messages: go to the first
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Stay here"
        onClick={() => {
          screen.news.unread.value = undefined;
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Scrolls to a message. @returns whether it is there */
function goTo(view: HTMLElement, key: number): boolean {
  const row = view.querySelector<HTMLElement>(`[data-key="${key}"]`);
  row?.scrollIntoView({ block: 'center' });
  row?.classList.add('target');
  setTimeout(() => row?.classList.remove('target'), 2_500);
  return row !== null;
}

/** Moves between the messages' menus with the arrow keys, once one has the focus. */
function move(event: KeyboardEvent, list: HTMLElement | null): void {
  const buttons = [...(list?.querySelectorAll<HTMLElement>('.act') ?? [])];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const button = buttons[Math.min(Math.max(to, 0), buttons.length - 1)];
  button?.focus({ preventScroll: true });
  button?.closest('li')?.scrollIntoView({ block: 'nearest' });
}

/** Whether a message is below the upper edge of what is shown. */
function isInSight(view: HTMLElement, key: number | undefined): boolean {
  const row = view.querySelector(`[data-key="${key}"]`);
  return row !== null && row.getBoundingClientRect().top >= view.getBoundingClientRect().top;
}
