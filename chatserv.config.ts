import { defineConfig } from 'chatserv';

/** The standard set in full. A config of yours is laid over it: name what should differ. */
export default defineConfig({
  plugins: {
    tcp: { host: '127.0.0.1', port: 4119 },
    connections: { most: 10_000, perNetwork: 16 },
    sqlite: { file: 'data/chatserv.db' },
    memory: false,
    password: true,
    registration: true,
    lockout: { attempts: 3, blockTime: 60 },
    'single-session': true,
    resume: true,
    timeouts: { login: 60, idle: 1800 },
    'offline-messages': true,
    whoelse: true,
    who: true,
    wholast: true,
    broadcast: { to: 'everyone' },
    message: true,
    fetch: true,
    help: true,
    logout: true,
    roles: true,
    'log-messages': false,
    admin: { audit: 'data/audit.log' },
    watch: true,
    http: { host: '127.0.0.1', port: 4180 },
    websocket: { path: '/ws' },
    health: true,
    control: { socket: 'data/chatserv.sock' },
  },
});
