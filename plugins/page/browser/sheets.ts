import { type Ask, isSecret } from 'chatserv/client';
import { byId, element } from './dom.ts';
import type { Notifications } from './notify.ts';
import { setTheme, type Theme, theme } from './theme.ts';
import { questionInWords } from './words.ts';

/** The sheet that asks who to write to. Escape closes it, like every dialog. */
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
      if (wrong !== undefined)
        return this.#complain(`No user can be called “\u2068${wrong}\u2069”. Check the spelling.`);
      this.#sheet.close();
      start(names);
    });
  }

  /** @param known names for completion */
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

/** The sheet for a question of a command, or of a plugin during the login. */
export class QuestionSheet {
  readonly #sheet = byId('question', HTMLDialogElement);
  readonly #title = byId('question-title', HTMLElement);
  readonly #problem = byId('question-problem', HTMLElement);
  readonly #label = byId('question-label', HTMLLabelElement);
  readonly #answer = byId('question-answer', HTMLInputElement);
  #give: ((answer: string | undefined) => void) | undefined;

  constructor() {
    byId('question-cancel', HTMLButtonElement).addEventListener('click', () => this.#end(undefined));
    byId('question-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#end(this.#answer.value);
    });
    // With Escape, or Back on a phone.
    this.#sheet.addEventListener('cancel', () => this.#end(undefined));
  }

  /** Asks. @param gone aborted when no answer is needed any more @returns undefined if there is no answer */
  ask(ask: Ask, gone: AbortSignal): Promise<string | undefined> {
    this.#end(undefined);
    const { title, problem, label } = questionInWords(ask);
    this.#title.textContent = title;
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === '';
    this.#label.textContent = label;
    this.#answer.value = '';
    this.#answer.type = isSecret(ask) ? 'password' : 'text';
    // A secret of the command: the browser must neither fill in the account's password nor store this one.
    this.#answer.autocomplete = isSecret(ask) ? 'new-password' : 'off';
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const cancel = () => this.#end(undefined);
    this.#give = (answer) => {
      gone.removeEventListener('abort', cancel);
      resolve(answer);
    };
    if (gone.aborted) cancel();
    else this.#sheet.showModal();
    gone.addEventListener('abort', cancel);
    this.#answer.focus();
    return promise;
  }

  #end(answer: string | undefined): void {
    const give = this.#give;
    this.#give = undefined;
    this.#answer.value = '';
    this.#sheet.close();
    give?.(answer);
  }
}

/** The settings sheet. */
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
        ? 'Your browser blocks notifications from this page. Allow them in its settings for this page.'
        : 'Notifications are not available here. They need https, or a page on this computer.';
  }
}
