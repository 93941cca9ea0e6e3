import type { Screen } from '../model/screen.ts';

/** How long a finger stays on a message until its menu opens, in milliseconds. */
const HOLD = 500;

/** How far it may move meanwhile, in pixels. */
const SLACK = 10;

/** What has an effect of its own when it is pressed. */
const CONTROLS = 'a, button, input, textarea, select';

/** A finger on a message. */
interface Press {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  readonly button: HTMLElement;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Opens the menu of a message when a finger stays on it, as chats on phones do. A mouse selects the text instead. */
export class LongPress {
  readonly #screen: Screen;
  #press: Press | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  onPointerDown = ({ target, pointerType, pointerId: pointer, clientX: x, clientY: y }: PointerEvent): void => {
    // With a second finger the page is zoomed.
    const isFirst = this.#press === undefined;
    this.#end();
    const button = (target as Element).closest('.message')?.querySelector<HTMLElement>('.act');
    if (!isFirst || pointerType !== 'touch' || !button || (target as Element).closest(CONTROLS) !== null) return;
    this.#press = { pointer, x, y, button, timer: setTimeout(() => this.#open(), HOLD) };
  };

  onPointerMove = ({ clientX, clientY }: PointerEvent): void => {
    if (this.#press !== undefined && Math.hypot(clientX - this.#press.x, clientY - this.#press.y) > SLACK) this.#end();
  };

  onPointerUp = (): void => this.#end();

  /** The finger scrolls the conversation. */
  onPointerCancel = (): void => this.#end();

  /** Some browsers have a menu of their own, which they open earlier or later. */
  onContextMenu = (event: Event): void => {
    if (this.#press === undefined && (event as PointerEvent).pointerType !== 'touch') return;
    if ((event.target as Element).closest(CONTROLS) !== null) return;
    event.preventDefault();
    this.#open();
  };

  #open(): void {
    const press = this.#press;
    this.#end();
    if (press === undefined) return;
    press.button.click();
    const menu = this.#screen.menu.peek();
    if (menu !== undefined) this.#screen.menu.value = { ...menu, pointer: press.pointer };
  }

  #end(): void {
    clearTimeout(this.#press?.timer);
    this.#press = undefined;
  }
}
