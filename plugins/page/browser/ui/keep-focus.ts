const CONTROLS = 'a[href], button, input, select, textarea, [tabindex]';

/** What lies over the page, and gives the focus back when it goes. */
const LAYERS = 'dialog, [role=menu]';

/** Where something was removed: in an element, between two others. */
type Place = Pick<MutationRecord, 'target' | 'previousSibling' | 'nextSibling'>;

/**
 * Gives the focus to a neighbour when the element that has it is removed or hidden, such as a button that has done its
 * work. A browser would begin at the top of the page again.
 * @param root contains all that can have the focus
 */
export function keepFocus(root: HTMLElement): void {
  let focused: HTMLElement | undefined;
  /** What had the focus last below all layers. */
  let below: HTMLElement | undefined;
  root.addEventListener('focusin', ({ target }) => {
    focused = target as HTMLElement;
    if (focused.closest(LAYERS) === null) below = focused;
  });
  const observer = new MutationObserver((changes) => {
    const { activeElement: active, body } = document;
    if (focused === undefined || (active !== body && active !== focused)) return;
    // It has the focus, and nothing was hidden.
    if (active === focused && changes.every(({ type }) => type === 'childList')) return;
    const removal = removalOf(focused, changes);
    if (removal === undefined && (!focused.isConnected || isShown(focused))) return;
    const heir = heirOf(focused, removal) ?? (below?.isConnected ? below : document.getElementById('talk-name'));
    focused = undefined;
    heir?.focus({ preventScroll: true });
  });
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ['hidden'] });
}

/** Where an element was removed, itself or with something around it. */
function removalOf(element: Node, changes: readonly MutationRecord[]): Place | undefined {
  let removal: Place | undefined;
  for (const change of changes) {
    const taken = removal?.target ?? element;
    if ([...change.removedNodes].some((node) => node.contains(taken))) removal = change;
  }
  return removal;
}

/** The control that takes the place of one that is gone: the one after it in the closest element that has any. */
function heirOf(gone: HTMLElement, removal: Place | undefined): HTMLElement | undefined {
  // It was only moved.
  if (removal !== undefined && gone.isConnected) return gone;
  if (gone.closest(LAYERS) !== null && removal !== undefined) return undefined;
  const again = gone.id === '' ? null : document.getElementById(gone.id);
  if (again !== null && again !== gone) return again;
  const place = removal ?? { target: gone.parentElement ?? document.body, previousSibling: gone, nextSibling: null };
  for (let scope = place.target as Element | null; scope?.isConnected; scope = scope.parentElement) {
    const controls = [...scope.querySelectorAll<HTMLElement>(CONTROLS)].filter(isUsable);
    const after = controls.filter((control) => isAfter(place, control));
    const alike = after.find(({ textContent }) => textContent !== '' && textContent === gone.textContent);
    const heir = alike ?? after[0] ?? controls.at(-1);
    if (heir !== undefined) return heir;
  }
  return undefined;
}

function isAfter({ target, previousSibling, nextSibling }: Place, control: Node): boolean {
  if (nextSibling?.isConnected) return nextSibling.contains(control) || isFollowed(nextSibling, control);
  if (previousSibling?.isConnected) return !previousSibling.contains(control) && isFollowed(previousSibling, control);
  return isFollowed(target, control);
}

function isFollowed(node: Node, by: Node): boolean {
  return (node.compareDocumentPosition(by) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

/** Whether a control can have the focus now. */
function isShown(control: HTMLElement): boolean {
  return control.checkVisibility() && !control.matches(':disabled');
}

/** Whether a control may be given the focus. A field would open the keyboard of a phone. */
function isUsable(control: HTMLElement): boolean {
  const isField = control.matches('input, textarea');
  return isShown(control) && !(isField && matchMedia('(hover: none)').matches);
}
