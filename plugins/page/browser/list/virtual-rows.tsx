import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** How many rows are rendered above and below what is in sight. */
const MARGIN = 8;

export interface VirtualRowsProps {
  readonly label: string;
  /** What scrolls them. Its style says in `--row` how high a row is, in pixels. */
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  /** A row that is rendered wherever it is, such as the one with the focus; -1 for none. */
  readonly kept: number;
  /** The key of a row, which moves with it. */
  readonly keyOf: (index: number) => string;
  /** Renders the content of a row. */
  readonly row: (index: number) => ComponentChildren;
}

/** A list of which only the rows in sight are rendered. */
export function VirtualRows({ label, scroller, count, kept, keyOf, row }: VirtualRowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const sight = useSignal({ first: 0, last: 40, height: 32 });
  const look = useRef(() => {});
  look.current = () => {
    const [view, rows] = [scroller.current, list.current];
    if (view === null || rows === null) return;
    const height = Number(getComputedStyle(view).getPropertyValue('--row')) || 32;
    const above = view.getBoundingClientRect().top - rows.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / height) - MARGIN);
    const last = Math.ceil((above + view.clientHeight) / height) + MARGIN;
    const before = sight.peek();
    if (first !== before.first || last !== before.last || height !== before.height)
      sight.value = { first, last, height };
  };
  useLayoutEffect(() => {
    const view = scroller.current;
    const looks = () => look.current();
    looks();
    view?.addEventListener('scroll', looks, { passive: true });
    const resized = new ResizeObserver(looks);
    if (view !== null) resized.observe(view);
    return () => {
      view?.removeEventListener('scroll', looks);
      resized.disconnect();
    };
  }, []);
  // What is above it may have grown.
  useLayoutEffect(() => look.current());
  const { first, last, height } = sight.value;
  const indexes: number[] = [];
  for (let index = first; index <= Math.min(last, count - 1); index++) indexes.push(index);
  if (kept >= 0 && kept < first) indexes.unshift(kept);
  if (kept > last) indexes.push(kept);
  return (
    <ul ref={list} class="virtual" aria-label={label} style={{ height: `${count * height}px` }}>
      {indexes.map((index) => (
        <VirtualRow key={keyOf(index)} index={index} height={height} count={count}>
          {row(index)}
        </VirtualRow>
      ))}
    </ul>
  );
}

interface VirtualRowProps {
  readonly index: number;
  readonly height: number;
  readonly count: number;
  readonly children: ComponentChildren;
}

function VirtualRow({ index, height, count, children }: VirtualRowProps) {
  return (
    <li aria-setsize={count} aria-posinset={index + 1} style={{ top: `${index * height}px` }}>
      {children}
    </li>
  );
}
