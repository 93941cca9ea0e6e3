// Made by `npm run generate` from the files beside it.
import type { OptionsOf } from 'chatserv';

/** The standard plugins by name: their files without the extension, and the services that they provide. */
export default {
  admin: { file: 'admin/index', provides: [] },
  approval: { file: 'moderation/approval/index', provides: [] },
  backups: { file: 'backups/index', provides: ['backups'] },
  broadcast: { file: 'commands/broadcast', provides: [] },
  'change-password': { file: 'account/change-password', provides: [] },
  classic: { file: 'codecs/classic', provides: [], always: true },
  connections: { file: 'connections', provides: [] },
  'contact-policy': { file: 'account/contact-policy', provides: ['personal-data'] },
  control: { file: 'control', provides: [] },
  'delete-account': { file: 'account/delete-account/index', provides: [] },
  devices: { file: 'commands/devices', provides: [] },
  dialogue: { file: 'login/dialogue', provides: ['login-dialogue'], always: true },
  edits: { file: 'messages/edits/index', provides: [] },
  exports: { file: 'exports/index', provides: [] },
  fetch: { file: 'commands/fetch', provides: [] },
  guests: { file: 'login/guests/index', provides: ['guests'] },
  health: { file: 'health', provides: ['health'] },
  help: { file: 'commands/help', provides: [] },
  history: { file: 'messages/history/index', provides: ['history'] },
  http: { file: 'http/index', provides: ['http'] },
  ignore: { file: 'account/ignore/index', provides: ['ignores', 'personal-data'] },
  invitations: { file: 'login/invitations/index', provides: ['invitations'] },
  irc: { file: 'codecs/irc/index', provides: ['personal-data'] },
  json: { file: 'codecs/json', provides: [], always: true },
  line: { file: 'codecs/line', provides: [], always: true },
  lockout: { file: 'login/lockout/index', provides: ['lockout'] },
  'log-messages': { file: 'messages/log-messages', provides: [] },
  'login-rate': { file: 'login/login-rate', provides: [] },
  logout: { file: 'commands/logout', provides: [] },
  markers: { file: 'messages/markers/index', provides: ['personal-data', 'markers'] },
  me: { file: 'commands/me', provides: [] },
  memory: { file: 'stores/memory/index', provides: ['accounts', 'message-log', 'storage', 'archive'] },
  mentions: { file: 'messages/mentions/index', provides: [] },
  message: { file: 'commands/message', provides: [] },
  metrics: { file: 'metrics/index', provides: [] },
  nats: { file: 'nats/index', provides: ['session-claims', 'key-owners', 'other-servers'] },
  'offline-messages': { file: 'messages/offline-messages/index', provides: ['inbox'] },
  page: { file: 'page/index', provides: ['page-scripts'] },
  password: { file: 'login/password/index', provides: ['passwords', 'authenticator'] },
  postgres: {
    file: 'stores/postgres/index',
    provides: ['accounts', 'message-log', 'storage', 'archive', 'search-index', 'store-facts'],
  },
  reactions: { file: 'messages/reactions/index', provides: [] },
  registration: { file: 'login/registration', provides: ['registration'] },
  rename: { file: 'account/rename', provides: [] },
  replies: { file: 'messages/replies/index', provides: ['quotes'] },
  reports: { file: 'moderation/reports/index', provides: [] },
  'reset-codes': { file: 'login/reset-codes', provides: ['reset-codes'] },
  resume: { file: 'login/resume/index', provides: ['resume-tokens'] },
  roles: { file: 'roles', provides: ['roles'] },
  'room-log': { file: 'moderation/room-log/index', provides: ['room-log'] },
  rooms: { file: 'rooms/index', provides: ['rooms'] },
  search: { file: 'messages/search/index', provides: [] },
  'single-session': { file: 'login/single-session', provides: [] },
  sqlite: {
    file: 'stores/sqlite/index',
    provides: ['accounts', 'message-log', 'storage', 'archive', 'backup', 'store-facts'],
  },
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

declare module 'chatserv' {
  interface PluginOptions {
    readonly admin: OptionsOf<typeof import('./admin/index.ts').default>;
    readonly approval: OptionsOf<typeof import('./moderation/approval/index.ts').default>;
    readonly backups: OptionsOf<typeof import('./backups/index.ts').default>;
    readonly broadcast: OptionsOf<typeof import('./commands/broadcast.ts').default>;
    readonly 'change-password': OptionsOf<typeof import('./account/change-password.ts').default>;
    readonly classic: OptionsOf<typeof import('./codecs/classic.ts').default>;
    readonly connections: OptionsOf<typeof import('./connections.ts').default>;
    readonly 'contact-policy': OptionsOf<typeof import('./account/contact-policy.ts').default>;
    readonly control: OptionsOf<typeof import('./control.ts').default>;
    readonly 'delete-account': OptionsOf<typeof import('./account/delete-account/index.ts').default>;
    readonly devices: OptionsOf<typeof import('./commands/devices.ts').default>;
    readonly dialogue: OptionsOf<typeof import('./login/dialogue.ts').default>;
    readonly edits: OptionsOf<typeof import('./messages/edits/index.ts').default>;
    readonly exports: OptionsOf<typeof import('./exports/index.ts').default>;
    readonly fetch: OptionsOf<typeof import('./commands/fetch.ts').default>;
    readonly guests: OptionsOf<typeof import('./login/guests/index.ts').default>;
    readonly health: OptionsOf<typeof import('./health.ts').default>;
    readonly help: OptionsOf<typeof import('./commands/help.ts').default>;
    readonly history: OptionsOf<typeof import('./messages/history/index.ts').default>;
    readonly http: OptionsOf<typeof import('./http/index.ts').default>;
    readonly ignore: OptionsOf<typeof import('./account/ignore/index.ts').default>;
    readonly invitations: OptionsOf<typeof import('./login/invitations/index.ts').default>;
    readonly irc: OptionsOf<typeof import('./codecs/irc/index.ts').default>;
    readonly json: OptionsOf<typeof import('./codecs/json.ts').default>;
    readonly line: OptionsOf<typeof import('./codecs/line.ts').default>;
    readonly lockout: OptionsOf<typeof import('./login/lockout/index.ts').default>;
    readonly 'log-messages': OptionsOf<typeof import('./messages/log-messages.ts').default>;
    readonly 'login-rate': OptionsOf<typeof import('./login/login-rate.ts').default>;
    readonly logout: OptionsOf<typeof import('./commands/logout.ts').default>;
    readonly markers: OptionsOf<typeof import('./messages/markers/index.ts').default>;
    readonly me: OptionsOf<typeof import('./commands/me.ts').default>;
    readonly memory: OptionsOf<typeof import('./stores/memory/index.ts').default>;
    readonly mentions: OptionsOf<typeof import('./messages/mentions/index.ts').default>;
    readonly message: OptionsOf<typeof import('./commands/message.ts').default>;
    readonly metrics: OptionsOf<typeof import('./metrics/index.ts').default>;
    readonly nats: OptionsOf<typeof import('./nats/index.ts').default>;
    readonly 'offline-messages': OptionsOf<typeof import('./messages/offline-messages/index.ts').default>;
    readonly page: OptionsOf<typeof import('./page/index.ts').default>;
    readonly password: OptionsOf<typeof import('./login/password/index.ts').default>;
    readonly postgres: OptionsOf<typeof import('./stores/postgres/index.ts').default>;
    readonly reactions: OptionsOf<typeof import('./messages/reactions/index.ts').default>;
    readonly registration: OptionsOf<typeof import('./login/registration.ts').default>;
    readonly rename: OptionsOf<typeof import('./account/rename.ts').default>;
    readonly replies: OptionsOf<typeof import('./messages/replies/index.ts').default>;
    readonly reports: OptionsOf<typeof import('./moderation/reports/index.ts').default>;
    readonly 'reset-codes': OptionsOf<typeof import('./login/reset-codes.ts').default>;
    readonly resume: OptionsOf<typeof import('./login/resume/index.ts').default>;
    readonly roles: OptionsOf<typeof import('./roles.ts').default>;
    readonly 'room-log': OptionsOf<typeof import('./moderation/room-log/index.ts').default>;
    readonly rooms: OptionsOf<typeof import('./rooms/index.ts').default>;
    readonly search: OptionsOf<typeof import('./messages/search/index.ts').default>;
    readonly 'single-session': OptionsOf<typeof import('./login/single-session.ts').default>;
    readonly sqlite: OptionsOf<typeof import('./stores/sqlite/index.ts').default>;
    readonly tcp: OptionsOf<typeof import('./transports/tcp.ts').default>;
    readonly timeouts: OptionsOf<typeof import('./timeouts.ts').default>;
    readonly tls: OptionsOf<typeof import('./transports/tls.ts').default>;
    readonly unix: OptionsOf<typeof import('./transports/unix.ts').default>;
    readonly watch: OptionsOf<typeof import('./commands/watch.ts').default>;
    readonly websocket: OptionsOf<typeof import('./transports/websocket/index.ts').default>;
    readonly who: OptionsOf<typeof import('./commands/who.ts').default>;
    readonly whoelse: OptionsOf<typeof import('./commands/whoelse.ts').default>;
    readonly wholast: OptionsOf<typeof import('./commands/wholast.ts').default>;
  }
}
