import { Component, type VNode } from 'preact';
import type { Entry } from '../model/talk.ts';
import { isSameRow } from './message-row.tsx';

/** How many messages a block holds. */
const SIZE = 20;

/** About how high a row is before it was laid out, in pixels. */
const ROW = 28;

interface MessageBlockProps {
  readonly rows: readonly VNode[];
}

/** Successive rows, which the browser skips while they are out of sight. Rendered again only if one of them has changed. */
export class MessageBlock extends Component<MessageBlockProps> {
  override shouldComponentUpdate({ rows }: MessageBlockProps): boolean {
    const before = this.props.rows;
    return rows.length !== before.length || rows.some((row, index) => !isSameRow(row, before[index]));
  }

  render() {
    const { rows } = this.props;
    return (
      <ol class="block-of-rows" style={{ containIntrinsicBlockSize: `auto ${rows.length * ROW}px` }}>
        {rows}
      </ol>
    );
  }
}

/** Divides the messages of a page into blocks: a message stays in its block when others come before or after it. */
export class Blocks {
  readonly #blockOf = new WeakMap<Entry, number>();
  #count = 0;

  /** @returns the block of each of these messages; those of one block follow each other */
  divide(entries: readonly Entry[]): readonly number[] {
    const done = new Set<number>();
    let [block, size] = [0, 0];
    return entries.map((entry) => {
      const known = this.#blockOf.get(entry);
      if (known !== undefined && known !== block && !done.has(known)) {
        done.add(known);
        [block, size] = [known, 0];
      } else if (known !== block && (block === 0 || size >= SIZE)) {
        done.add(++this.#count);
        [block, size] = [this.#count, 0];
      }
      size++;
      this.#blockOf.set(entry, block);
      return block;
    });
  }
}
