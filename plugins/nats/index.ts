import { readFile } from 'node:fs/promises';
import { definePlugin, MessageLog, Presence, z } from 'chatserv';
import { Announcements, isShared } from './announcements.ts';
import { Bus } from './bus.ts';

export default definePlugin({
  name: 'nats',
  summary: 'Announces messages to other servers of the same store over NATS, so that they arrive at once',
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
    credentials: z
      .string()
      .min(1)
      .optional()
      .describe('A file of credentials (`.creds`); without it, NATS_TOKEN or NATS_USER and NATS_PASSWORD apply'),
    ca: z.string().min(1).optional().describe("The authority that issued the servers' certificates, in PEM"),
    certificate: z.string().min(1).optional().describe("This server's certificate for NATS, in PEM; needs `key`"),
    key: z.string().min(1).optional().describe('The key of `certificate`, in PEM'),
  }),
  needs: { messageLog: MessageLog, presence: Presence },
  async setup({ options, messageLog, presence, server, clock, logger, path }) {
    if (!isShared(messageLog)) throw new Error('it needs a store that several servers can share, such as postgres');
    const { servers, prefix, ...files } = options;
    const [credentials, ca, certificate, key] = await Promise.all(
      [files.credentials, files.ca, files.certificate, files.key].map((file) => file && readFile(path(file), 'utf8')),
    );
    const bus = new Bus({
      servers,
      credentials,
      ca,
      certificate,
      key,
      after: clock.after,
      lost: (err) => logger.error({ event: 'nats-error', err }, `NATS: ${err.message}`),
      found: (where) => logger.info({ event: 'nats-back' }, `connected to NATS at ${where}`),
    });
    const announcements = new Announcements(bus, prefix, messageLog);
    return {
      start() {
        announcements.start(server, presence);
        bus.start();
      },
      async dispose() {
        announcements.stop();
        await bus.close();
      },
    };
  },
});
