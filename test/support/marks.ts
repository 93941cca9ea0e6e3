import { Accounts, command, definePlugin, MessageLog, param, z } from 'chatserv';

/** Marks that users put on messages, mentions (`@bob`, `@all`), and a command that removes the text of a message. */
export const marks = definePlugin({
  name: 'marks',
  summary: 'Marks messages, and mentions users',
  needs: { accounts: Accounts, messageLog: MessageLog },
  setup: ({ server, accounts, messageLog }) => ({
    kinds: [
      {
        name: 'mark',
        version: 1,
        schema: z.strictObject({ sign: z.string() }),
        counts: false,
        line: ({ from, body, roomName }) => `#${roomName} ${from} puts ${JSON.parse(body).sign} on a message`,
      },
    ],
    hooks: {
      onMessage: {
        async transform(message) {
          if (message.text.includes('@all')) message.mention('everyone');
          for (const [, name = ''] of message.text.matchAll(/@(\w+)/g)) {
            const account = await accounts.find(name);
            if (account !== undefined) message.mention([account.id]);
          }
        },
      },
    },
    commands: [
      command({
        name: 'mark',
        summary: 'Marks a message',
        params: { id: param.integer(), sign: param.word() },
        async run({ session, account, values: { id, sign } }) {
          const to = { room: (await messageLog.get(id))?.room ?? 0 };
          await server.append({ kind: 'mark', from: account, to, of: id, data: { sign }, device: session.deviceName });
          return 'marked';
        },
      }),
      command({
        name: 'blank',
        summary: 'Removes the text of a message',
        params: { id: param.integer() },
        run: async ({ account, values: { id } }) => String(await server.redact(id, account)),
      }),
    ],
  }),
});
