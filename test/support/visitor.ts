import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { onPath } from './on-path.ts';
import { PASSWORD } from './program.ts';

/** Chromium, where the path has it. */
export const CHROMIUM: string | undefined = onPath('chromium', 'chromium-browser');

/** The window of a phone with a touchscreen, where nothing can hover. */
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** How long a visitor waits for what is to be seen, in milliseconds. */
const PATIENCE = 30_000;

/** Starts the browser of a test file. `await using` ends it. @param more of its command line @throws when there is no Chromium */
export async function startBrowser(
  env: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('there is no chromium on the path: apt-get install chromium');
  return chromium.launch({
    executablePath: CHROMIUM,
    env: { ...process.env, ...env } as Record<string, string>,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** A person at the web page, with verbs. Whatever the browser complains of is noted in `complaints`. */
export class Visitor {
  readonly page: Page;
  /** Errors on the console, uncaught ones, and what the policy of the page forbade. */
  readonly complaints: string[] = [];
  name = '';

  /** Opens a window of its own, as on a device of its own. */
  static async arrives(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
      ...options,
    });
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  /** Opens the page in another window of the same device. */
  async opensAnotherWindow(): Promise<Visitor> {
    const visitor = new Visitor(await this.page.context().newPage());
    await visitor.page.goto(this.page.url());
    return visitor;
  }

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  get composer(): Locator {
    return this.page.locator('#composer-text');
  }

  /** The messages of the conversation that is shown. */
  get messages(): Locator {
    return this.page.locator('#messages .message');
  }

  /** The list's entry of a conversation. */
  entry(title: string): Locator {
    return this.page.locator('#talks .talk-button').filter({ has: this.page.locator(`.who bdi:text-is("${title}")`) });
  }

  async registers(name: string, password = PASSWORD): Promise<void> {
    await this.page.getByRole('button', { name: 'Make an account' }).click();
    await this.#submits(name, password, 'Make the account');
  }

  async logsIn(name: string, password = PASSWORD): Promise<void> {
    await this.#submits(name, password, 'Log in');
  }

  /** Fills in the form and sends it, whatever comes of it. */
  async tries(name: string, password: string, button = 'Log in'): Promise<void> {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.locator('#login-submit').filter({ hasText: button }).click();
  }

  /** Turns to a conversation. */
  async opens(title: string): Promise<void> {
    await this.entry(title).click();
    await this.page.locator('#talk-name', { hasText: title }).waitFor();
  }

  /** Writes in the conversation that is shown, and sends it. */
  async says(...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      await this.composer.fill(text);
      await this.composer.press('Enter');
    }
  }

  /** Awaits a message in the conversation that is shown. */
  async hears(text: string): Promise<void> {
    const whole = new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    await this.messages.locator('.body').filter({ hasText: whole }).waitFor();
  }

  /** The texts of the conversation that is shown. */
  texts(): Promise<string[]> {
    return this.messages.locator('.body').allTextContents();
  }

  async closes(): Promise<void> {
    await this.page.context().close();
  }

  async #submits(name: string, password: string, button: string): Promise<void> {
    this.name = name;
    await this.tries(name, password, button);
    await this.composer.waitFor();
  }
}
