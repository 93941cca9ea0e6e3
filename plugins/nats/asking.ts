import type { Logger, OtherServers } from 'chatserv';
import type { Bus } from './bus.ts';
import type { Subjects } from './subjects.ts';

/** Asks other servers over the bus, and answers them. */
export function askingOver(bus: Bus, subjects: Subjects, logger: Logger): OtherServers {
  const handlers = new Map<string, Parameters<OtherServers['handle']>[1]>();
  return {
    handle(name, act) {
      handlers.set(name, act);
      bus.subscribe(subjects.ask(name), async (text, respond) => {
        try {
          respond(String(await act(JSON.parse(text))));
        } catch (err) {
          respond('0');
          logger.error({ event: 'nats-error', err }, `NATS: what another server asked for failed (${name})`);
        }
      });
      return () => {
        // A reload may have replaced it.
        if (handlers.get(name) === act) bus.unsubscribe(subjects.ask(name));
      };
    },
    async ask(name, data) {
      const answers = await bus.ask(subjects.ask(name), JSON.stringify(data));
      return answers.reduce((sum, answer) => sum + (Number(answer) || 0), 0);
    },
  };
}
