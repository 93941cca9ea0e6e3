import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  definePlugin,
  KeyOwners,
  MessageLog,
  OtherServers,
  Presence,
  Quotas,
  type Session,
  SessionClaims,
  z,
} from 'chatserv';
import { Announcements, isShared } from './announcements.ts';
import { Asking } from './asking.ts';
import { AskingOwners } from './asking-owners.ts';
import { Bus } from './bus.ts';
import { Ephemeral, knownKeys } from './ephemeral.ts';
import { Owners } from './owners.ts';
import { QuotaAnnouncements } from './quota-announcements.ts';
import { SharedSessions } from './shared-sessions.ts';
import { Subjects } from './subjects.ts';

export default definePlugin({
  name: 'nats',
  summary: 'Connects servers of one store over NATS: messages arrive at once, and all know who is online',
  options: z.strictObject({
    servers: z
      .array(z.string().regex(/^(nats|tls):\/\/[^/@]+$/, "a server such as 'nats://10.0.0.1:4222'"))
      .min(1)
      .default(['nats://127.0.0.1:4222'])
      .describe('The NATS servers, of which one is used at a time; with `tls://` only over TLS'),
    prefix: z
      .string()
      .regex(/^[\w-]+(\.[\w-]+)*$/, 'words of letters, digits, - and _, separated by dots')
      .default('chatserv')
      .describe('What the names of all subjects begin with'),
    replicas: z
      .int()
      .min(1)
      .max(5)
      .default(1)
      .describe('On how many NATS servers it is kept who is online; 3 in a cluster of three'),
    credentials: z
      .string()
      .min(1)
      .optional()
      .describe('A file of credentials (`.creds`); without it, NATS_TOKEN or NATS_USER and NATS_PASSWORD apply'),
    ca: z.string().min(1).optional().describe("The authority that issued the servers' certificates, in PEM"),
    certificate: z.string().min(1).optional().describe("This server's certificate for NATS, in PEM; needs `key`"),
    key: z.string().min(1).optional().describe('The key of `certificate`, in PEM'),
  }),
  needs: { messageLog: MessageLog, presence: Presence, quotas: Quotas },
  provides: { claims: SessionClaims, keyOwners: KeyOwners, otherServers: OtherServers },
  async setup({ options, messageLog, presence, quotas, server, clock, logger, path, hotState }) {
    if (!isShared(messageLog)) throw new Error('it needs a store that several servers can share, such as postgres');
    const { servers, prefix, replicas, ...files } = options;
    const [credentials, ca, certificate, key] = await Promise.all(
      [files.credentials, files.ca, files.certificate, files.key].map((file) => file && readFile(path(file), 'utf8')),
    );
    const subjects = new Subjects(prefix, messageLog.identity);
    const lost = (err: Error) => logger.error({ event: 'nats-error', err }, `NATS: ${err.message}`);
    const bus = new Bus({
      servers,
      credentials,
      ca,
      certificate,
      key,
      after: clock.after,
      lost,
      found: (where) => logger.info({ event: 'nats-back' }, `connected to NATS at ${where}`),
      connected(connection) {
        sessions.connected(connection);
        others.returned();
      },
      disconnected: () => sessions.disconnected(),
    });
    const others = new Asking({ bus, subjects, presence, logger, after: clock.after });
    const announcements = new Announcements(bus, subjects, messageLog);
    const name = hotState('name', () => randomUUID());
    // Before a reload is over two of this plugin are at work, and what they count shall be counted once.
    const current = hotState('current', () => ({ bus }));
    const isCurrent = () => current.bus === bus;
    const known = hotState('known', knownKeys);
    const ephemeral = new Ephemeral({ bus, subjects, announcements, presence, server, logger, known, isCurrent });
    announcements.passed = (data) => {
      others.receive(data);
      ephemeral.receive(data);
    };
    const quotaAnnouncements = new QuotaAnnouncements({ bus, subjects, quotas, server: name, isCurrent });
    const heard = hotState('heard', () => new Map<string, number>());
    const owners = new Owners(name, heard, () => clock.monotonic());
    const keyOwners = new AskingOwners({ bus, subjects, owners, server: name, logger, isCurrent });
    const sessions = new SharedSessions({
      bus,
      subjects,
      replicas,
      server,
      presence,
      clock,
      failed: lost,
      name,
      holdings: hotState('holdings', () => new Map()),
      owners,
    });

    function changed({ account }: Session): void {
      if (account === undefined) return;
      announcements.account(account, server.sessionsOf(account).length > 0);
      sessions.changed(account);
    }

    return {
      provide: { claims: sessions.claims, keyOwners, otherServers: others },
      hooks: {
        async onLogin(session) {
          changed(session);
        },
        async onDisconnect(session) {
          changed(session);
        },
      },
      start() {
        current.bus = bus;
        announcements.start(server);
        ephemeral.start();
        quotaAnnouncements.start();
        keyOwners.start();
        sessions.start();
        bus.start();
      },
      async dispose() {
        announcements.stop();
        ephemeral.stop();
        quotaAnnouncements.stop();
        await sessions.stop();
        await bus.close();
      },
    };
  },
});
