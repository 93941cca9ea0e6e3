// Made by `npm run generate` from the files under plugins/.
import type { OptionsOf } from './define.ts';

/** A plugin of the standard set. */
interface StandardPlugin {
  /** Its file under plugins/, without the extension. */
  readonly file: string;
  /** The services that it provides. */
  readonly provides: readonly string[];
  /** Whether it is on unless a config switches it off, also where the config begins from nothing. */
  readonly always?: boolean;
}

/** The standard plugins by name. */
export const STANDARD: Readonly<Record<string, StandardPlugin>> = {
  admin: { file: 'admin/index', provides: [] },
  broadcast: { file: 'commands/broadcast', provides: [] },
  classic: { file: 'codecs/classic', provides: [], always: true },
  connections: { file: 'connections', provides: [] },
  control: { file: 'control', provides: [] },
  fetch: { file: 'commands/fetch', provides: [] },
  health: { file: 'health', provides: ['health'] },
  help: { file: 'commands/help', provides: [] },
  http: { file: 'http/index', provides: ['http'] },
  json: { file: 'codecs/json', provides: [], always: true },
  line: { file: 'codecs/line', provides: [], always: true },
  lockout: { file: 'login/lockout/index', provides: ['lockout'] },
  'log-messages': { file: 'messages/log-messages', provides: [] },
  'login-rate': { file: 'login/login-rate', provides: [] },
  logout: { file: 'commands/logout', provides: [] },
  memory: { file: 'stores/memory/index', provides: ['accounts', 'log', 'storage', 'archive'] },
  message: { file: 'commands/message', provides: [] },
  metrics: { file: 'metrics/index', provides: [] },
  'offline-messages': { file: 'messages/offline-messages/index', provides: ['inbox'] },
  page: { file: 'page/index', provides: [] },
  password: { file: 'login/password/index', provides: ['passwords'] },
  registration: { file: 'login/registration', provides: ['registration'] },
  resume: { file: 'login/resume/index', provides: [] },
  roles: { file: 'roles', provides: ['roles'] },
  'single-session': { file: 'login/single-session', provides: [] },
  sqlite: { file: 'stores/sqlite/index', provides: ['accounts', 'log', 'storage', 'archive', 'backup', 'store-facts'] },
  tcp: { file: 'transports/tcp', provides: [] },
  timeouts: { file: 'timeouts', provides: [] },
  tls: { file: 'transports/tls', provides: [] },
  unix: { file: 'transports/unix', provides: [] },
  watch: { file: 'commands/watch', provides: [] },
  websocket: { file: 'transports/websocket/index', provides: [] },
  who: { file: 'commands/who', provides: [] },
  whoelse: { file: 'commands/whoelse', provides: [] },
  wholast: { file: 'commands/wholast', provides: [] },
};

/** What options the standard plugins take. */
export interface StandardOptions {
  readonly admin: OptionsOf<typeof import('../../plugins/admin/index.ts').default>;
  readonly broadcast: OptionsOf<typeof import('../../plugins/commands/broadcast.ts').default>;
  readonly classic: OptionsOf<typeof import('../../plugins/codecs/classic.ts').default>;
  readonly connections: OptionsOf<typeof import('../../plugins/connections.ts').default>;
  readonly control: OptionsOf<typeof import('../../plugins/control.ts').default>;
  readonly fetch: OptionsOf<typeof import('../../plugins/commands/fetch.ts').default>;
  readonly health: OptionsOf<typeof import('../../plugins/health.ts').default>;
  readonly help: OptionsOf<typeof import('../../plugins/commands/help.ts').default>;
  readonly http: OptionsOf<typeof import('../../plugins/http/index.ts').default>;
  readonly json: OptionsOf<typeof import('../../plugins/codecs/json.ts').default>;
  readonly line: OptionsOf<typeof import('../../plugins/codecs/line.ts').default>;
  readonly lockout: OptionsOf<typeof import('../../plugins/login/lockout/index.ts').default>;
  readonly 'log-messages': OptionsOf<typeof import('../../plugins/messages/log-messages.ts').default>;
  readonly 'login-rate': OptionsOf<typeof import('../../plugins/login/login-rate.ts').default>;
  readonly logout: OptionsOf<typeof import('../../plugins/commands/logout.ts').default>;
  readonly memory: OptionsOf<typeof import('../../plugins/stores/memory/index.ts').default>;
  readonly message: OptionsOf<typeof import('../../plugins/commands/message.ts').default>;
  readonly metrics: OptionsOf<typeof import('../../plugins/metrics/index.ts').default>;
  readonly 'offline-messages': OptionsOf<typeof import('../../plugins/messages/offline-messages/index.ts').default>;
  readonly page: OptionsOf<typeof import('../../plugins/page/index.ts').default>;
  readonly password: OptionsOf<typeof import('../../plugins/login/password/index.ts').default>;
  readonly registration: OptionsOf<typeof import('../../plugins/login/registration.ts').default>;
  readonly resume: OptionsOf<typeof import('../../plugins/login/resume/index.ts').default>;
  readonly roles: OptionsOf<typeof import('../../plugins/roles.ts').default>;
  readonly 'single-session': OptionsOf<typeof import('../../plugins/login/single-session.ts').default>;
  readonly sqlite: OptionsOf<typeof import('../../plugins/stores/sqlite/index.ts').default>;
  readonly tcp: OptionsOf<typeof import('../../plugins/transports/tcp.ts').default>;
  readonly timeouts: OptionsOf<typeof import('../../plugins/timeouts.ts').default>;
  readonly tls: OptionsOf<typeof import('../../plugins/transports/tls.ts').default>;
  readonly unix: OptionsOf<typeof import('../../plugins/transports/unix.ts').default>;
  readonly watch: OptionsOf<typeof import('../../plugins/commands/watch.ts').default>;
  readonly websocket: OptionsOf<typeof import('../../plugins/transports/websocket/index.ts').default>;
  readonly who: OptionsOf<typeof import('../../plugins/commands/who.ts').default>;
  readonly whoelse: OptionsOf<typeof import('../../plugins/commands/whoelse.ts').default>;
  readonly wholast: OptionsOf<typeof import('../../plugins/commands/wholast.ts').default>;
}
