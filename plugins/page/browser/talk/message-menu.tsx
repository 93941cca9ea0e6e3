import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { OpenMenu, Screen } from '../model/screen.ts';
import { mayModerate } from '../sheets/person.tsx';
import { EMOJI, quickReactions } from './reactions.tsx';

/** Shown between the menu and the edge of the page, in pixels. */
const EDGE = 8;

/** The menu of a message: what the user can do with it. */
export function MessageMenu({ screen, menu }: { readonly screen: Screen; readonly menu: OpenMenu }) {
  const { entry, anchor, pointer } = menu;
  const { actions } = screen;
  const view = useRef<HTMLDivElement>(null);
  const mayDelete = useSignal(entry.mine);
  const asksAgain = useSignal(false);
  const showsAll = useSignal(false);
  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return;
    element.showPopover();
    place(element, anchor);
    itemsIn(element)[0]?.focus();
    // Lifted outside of the menu, the finger would close it.
    if (pointer !== undefined) element.setPointerCapture(pointer);
    return () => {
      if (element.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    };
  }, []);
  useLayoutEffect(() => {
    if (view.current !== null) place(view.current, anchor);
  }, [showsAll.value, asksAgain.value, mayDelete.value]);
  const close = () => {
    if (screen.menu.peek() === menu) screen.menu.value = undefined;
  };
  const then = (act: () => void) => () => {
    close();
    act();
  };
  useEffect(() => {
    if (entry.mine) return;
    actions.moderates().then(
      (moderates) => {
        mayDelete.value = moderates;
      },
      // The menu stays as it is.
      () => {},
    );
  }, []);
  const items: readonly (readonly [string, () => void] | false)[] = [
    actions.can('reply') && ['Reply', then(() => screen.write({ kind: 'reply', entry }))],
    entry.mine && actions.can('edit') && ['Edit', then(() => screen.write({ kind: 'edit', entry }))],
    ['Copy the text', then(() => void navigator.clipboard?.writeText(entry.text))],
    !entry.mine && ['Write to this person', then(() => screen.choose([entry.from]))],
    !entry.mine &&
      mayModerate(screen, entry.from) && [
        'Moderate this person',
        then(() => screen.open({ kind: 'person', name: entry.from })),
      ],
    !entry.mine &&
      actions.can('report') && [
        'Report to the moderators',
        then(() => void actions.show('Report a message', 'report', `${entry.id}`, 'The moderators were told.')),
      ],
    mayDelete.value &&
      actions.can('delete') && [
        asksAgain.value ? 'Really delete, for everyone' : 'Delete',
        asksAgain.value
          ? then(() => actions.remove(entry))
          : () => {
              asksAgain.value = true;
            },
      ],
  ];
  return (
    <div
      class="menu"
      ref={view}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={`Message: ${entry.text.slice(0, 40)}`}
      onToggle={(event) => {
        if (event.newState === 'closed') close();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Tab') close();
        if (event.key === 'Escape') event.preventDefault();
        if (event.key === 'Escape') close();
        event.stopPropagation();
        move(event, view.current);
      }}
    >
      {actions.can('react') && (
        // biome-ignore lint/a11y/useSemanticElements: a group of the menu's items, not of a form's fields
        <div class="menu-reactions" role="group" aria-label="React">
          {(showsAll.value ? EMOJI : quickReactions()).map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-label={`React with ${emoji}`}
              onClick={then(() => actions.react(entry, emoji))}
            >
              {emoji}
            </button>
          ))}
          {!showsAll.value && (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-label="More reactions"
              onClick={() => {
                showsAll.value = true;
              }}
            >
              …
            </button>
          )}
        </div>
      )}
      {items.map(
        (item, index) =>
          item !== false && (
            <button key={index} class="menu-item" type="button" role="menuitem" tabIndex={-1} onClick={item[1]}>
              {item[0]}
            </button>
          ),
      )}
    </div>
  );
}

/** Puts the menu below its button, or above it, within the page. */
export function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const isBelow = at.bottom + height + EDGE <= innerHeight;
  const top = isBelow ? at.bottom : Math.max(EDGE, at.top - height);
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE))}px`;
}

function itemsIn(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

/** Moves through the items with the arrow keys. */
function move(event: KeyboardEvent, menu: HTMLElement | null): void {
  const items = itemsIn(menu);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  items[(at + step + items.length) % items.length]?.focus();
}
