import type { Addressee } from './addressee.ts';
import { MessageItem } from './message-item.ts';
import { isHome } from './window.ts';
import type { Windows } from './windows.ts';

/** The messages of the shown window, for commands about one of them. */
export class ShownMessages {
  readonly #windows: Windows;
  readonly #me: () => string;

  /** @param me the user's name */
  constructor(windows: Windows, me: () => string) {
    this.#windows = windows;
    this.#me = me;
  }

  /** Those of its room or conversation, oldest first. */
  get all(): MessageItem[] {
    const { current } = this.#windows;
    return current.shown.items.filter((item): item is MessageItem => {
      return item instanceof MessageItem && item.id > 0 && isHome(item, current);
    });
  }

  /** The one with an id, or the last one of the user or of others. */
  meant(message: number | 'own' | 'others'): MessageItem | undefined {
    const { current } = this.#windows;
    if (typeof message === 'number') return current.find(message);
    const fits = ({ id, message: { from } }: MessageItem) => id > 0 && (from === this.#me()) === (message === 'own');
    return this.all.findLast(fits) ?? current.shown.findLast(fits);
  }

  /** Who answers to a message go to. */
  placeOf({ message, to }: MessageItem): Addressee {
    return to ?? this.#windows.of(message).to;
  }
}
