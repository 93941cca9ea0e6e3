import { command, definePlugin, param, refuse, Storage, z } from 'chatserv';

const KEY = /^[\p{L}\p{N}_-]{1,64}$/u;

export default definePlugin({
  name: 'remember',
  summary: 'Keeps notes for each user',
  needs: { storage: Storage },
  setup({ storage }) {
    const notes = storage.open('notes', z.string());
    return {
      commands: [
        command({
          name: 'remember',
          summary: 'Keeps a note of yours',
          params: { key: param.word('what to call it'), value: param.text('the note') },
          async run({ account, values: { key, value } }) {
            if (!KEY.test(key)) return refuse('args', 'A key has up to 64 letters and digits.');
            await notes.set(`${account.id} ${key}`, value);
            return 'remembered:';
          },
        }),
        command({
          name: 'recall',
          summary: 'Shows a note of yours',
          params: { key: param.word('what it is called') },
          async run({ account, values: { key } }) {
            return (await notes.get(`${account.id} ${key}`)) ?? refuse('unknown', `You have no note '${key}'.`);
          },
        }),
      ],
    };
  },
});
