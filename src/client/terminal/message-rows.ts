import type { MessageItem } from './message-item.ts';
import type { View } from './view.ts';
import { isHome, type Window, type WindowView } from './window.ts';

/** Shows messages in windows: in their own one without its name. */
export class MessageRows implements WindowView {
  readonly #view: View;
  readonly #me: () => string;
  readonly #hasWindows: boolean;

  /** @param me the user's name @param hasWindows whether the terminal has windows */
  constructor(view: View, me: () => string, hasWindows: boolean) {
    this.#view = view;
    this.#me = me;
    this.#hasWindows = hasWindows;
  }

  message(item: MessageItem, window: Window, previous: MessageItem | undefined): string[] {
    const { message, origin, to, text, reactions } = item;
    return this.#view.message(message, this.#me(), {
      isAtHome: this.#hasWindows && isHome(item, window),
      isMarked: item.id > 0 && window.marked === item.id,
      origin,
      ...(to !== undefined && { to }),
      text,
      reactions,
      previous: previous?.message.time,
    });
  }
}
