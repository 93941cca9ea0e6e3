import { byId, element } from './dom.ts';
import type { Notifications } from './notify.ts';
import { setTheme, type Theme, theme } from './theme.ts';

/** The sheet that asks whom to write to. Escape closes it, as it does every dialog. */
export class StartSheet {
  readonly #sheet = byId('start', HTMLDialogElement);
  readonly #names = byId('start-names', HTMLInputElement);
  readonly #problem = byId('start-problem', HTMLElement);
  readonly #known = byId('start-known', HTMLElement);

  constructor(start: (names: readonly string[]) => void) {
    byId('start-cancel', HTMLButtonElement).addEventListener('click', () => this.#sheet.close());
    byId('start-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const names = this.#names.value.split(/[\s,;]+/).filter((name) => name !== '');
      const wrong = names.find((name) => /[()]/.test(name));
      if (names.length === 0) return this.#complain('Please fill in a name.');
      if (wrong !== undefined) return this.#complain(`Nobody can be called “\u2068${wrong}\u2069”. Is it spelt right?`);
      this.#sheet.close();
      start(names);
    });
  }

  /** @param known names to be completed */
  open(known: readonly string[]): void {
    this.#known.replaceChildren(...known.map((value) => element('option', { value })));
    this.#names.value = '';
    this.#problem.hidden = true;
    this.#sheet.showModal();
    this.#names.focus();
  }

  close(): void {
    this.#sheet.close();
  }

  #complain(problem: string): void {
    this.#problem.textContent = problem;
    this.#problem.hidden = false;
    this.#names.focus();
  }
}

/** The sheet with the settings. */
export class SettingsSheet {
  readonly #sheet = byId('settings', HTMLDialogElement);
  readonly #notify = byId('settings-notify', HTMLInputElement);
  readonly #problem = byId('settings-notify-problem', HTMLElement);
  readonly #notifications: Notifications;

  constructor(notifications: Notifications, logOut: () => void) {
    this.#notifications = notifications;
    byId('settings-close', HTMLButtonElement).addEventListener('click', () => this.#sheet.close());
    this.#sheet.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement && target.name === 'theme') setTheme(target.value as Theme);
    });
    this.#notify.addEventListener('change', () => void this.#turn());
    byId('logout', HTMLButtonElement).addEventListener('click', () => {
      this.#sheet.close();
      logOut();
    });
  }

  open(): void {
    for (const radio of this.#sheet.querySelectorAll<HTMLInputElement>('[name=theme]')) {
      radio.checked = radio.value === theme();
    }
    this.#notify.checked = this.#notifications.on;
    this.#problem.hidden = true;
    this.#sheet.showModal();
  }

  close(): void {
    this.#sheet.close();
  }

  async #turn(): Promise<void> {
    const permission = await this.#notifications.turn(this.#notify.checked);
    this.#problem.hidden = permission === 'granted';
    if (permission === 'granted') return;
    this.#notify.checked = false;
    this.#problem.textContent =
      permission === 'denied'
        ? 'Your browser does not let this page notify you. Its settings for this page can change that.'
        : 'Your browser has no notifications for this page. They need https, or this very machine.';
  }
}
