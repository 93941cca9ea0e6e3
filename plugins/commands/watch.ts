import { type Account, definePlugin, Presence, reply, type Session } from 'chatserv';

/** For how long those who come and go are gathered before they are told, in milliseconds. */
const GATHERING = 200;

export default definePlugin({
  name: 'watch',
  summary: 'Tells programs who comes and goes',
  needs: { presence: Presence },
  setup({ presence, clock, keep }) {
    const watching = keep('watching', () => new Set<Session>());
    /** The names of those who came or went since it was last told. */
    let changed = new Set<string>();
    let cancel: (() => void) | undefined;
    let stop = () => {};

    function note({ name }: Account): void {
      if (watching.size === 0) return;
      changed.add(name);
      cancel ??= clock.after(GATHERING, tell);
    }

    function tell(): void {
      cancel = undefined;
      const names = [...changed];
      changed = new Set();
      const facts = {
        came: names.filter((name) => presence.find(name)),
        left: names.filter((name) => !presence.find(name)),
      };
      for (const session of watching) session.send({ kind: 'event', event: 'presence', facts });
    }

    return {
      commands: [
        {
          name: 'watch',
          summary: 'Names everyone who is online, and tells a program from then on who comes and goes',
          run({ session }) {
            watching.add(session);
            const names = presence.online().map(({ name }) => name);
            return reply(names.join(' '), { names });
          },
        },
      ],
      hooks: {
        async onDisconnect(session) {
          watching.delete(session);
        },
      },
      start() {
        stop();
        stop = presence.watch(note);
      },
      dispose() {
        stop();
        if (cancel === undefined) return;
        cancel();
        tell();
      },
    };
  },
});
