import { type Account, definePlugin, Presence, reply, type Session } from 'chatserv';

/** How long arrivals and departures are collected before they are sent, in milliseconds. */
const COLLECT_TIME = 200;

export default definePlugin({
  name: 'watch',
  summary: 'Notifies programs of who comes online and who leaves',
  needs: { presence: Presence },
  setup({ presence, clock, hotState }) {
    const watching = hotState('watching', () => new Set<Session>());
    /** The names of users who came or left since the last event. */
    let changed = new Set<string>();
    let cancel: (() => void) | undefined;
    let stop = () => {};

    function note({ name }: Account): void {
      if (watching.size === 0) return;
      changed.add(name);
      cancel ??= clock.after(COLLECT_TIME, flush);
    }

    function flush(): void {
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
          summary: 'Lists everyone who is online; a program is then notified of who comes and leaves',
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
        flush();
      },
    };
  },
});
