import { type Browser, firefox } from 'playwright-core';
import { onPath } from './on-path.ts';

/** Firefox, where the path has it. */
export const FIREFOX: string | undefined = onPath('firefox-esr', 'firefox');

/** What Playwright asks of every Firefox, and the one that Debian has cannot do. */
const MEDIA_FEATURES = 'emulation.setMediaFeaturesOverride';

/** The part of Playwright that speaks WebDriver BiDi with Firefox. */
interface Bidi {
  send(method: string, params?: object): Promise<unknown>;
}

/** Starts the Firefox that is installed, over WebDriver BiDi. @throws when there is none */
export async function startFirefox(): Promise<Browser> {
  if (FIREFOX === undefined) throw new Error('there is no firefox on the path: apt-get install firefox-esr');
  const browser = await firefox.launch({ channel: 'moz-firefox', executablePath: FIREFOX, timeout: 60_000 });
  const { _connection: connection } = browser as unknown as { _connection: { toImpl(of: object): object } };
  const { _browserSession: session } = connection.toImpl(browser) as { _browserSession: Bidi };
  const sessions = Object.getPrototypeOf(session) as Bidi;
  const { send } = sessions;
  // Playwright makes no window if this is refused. A session of each window inherits it.
  sessions.send = async function (method, params) {
    try {
      return await send.call(this, method, params);
    } catch (cause) {
      if (method === MEDIA_FEATURES && String(cause).includes('unknown command')) return {};
      throw cause;
    }
  };
  return browser;
}
