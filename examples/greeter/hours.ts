import { definePlugin } from 'chatserv';
import { Greeter } from './greeter.ts';

export default definePlugin({
  name: 'greeter-hours',
  summary: 'Greets by the hour of the day',
  provides: { greeter: Greeter },
  setup({ clock }) {
    const part = () => {
      const hour = new Date(clock.now()).getUTCHours();
      return hour < 5 || hour > 21 ? 'night' : hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
    };
    return { provide: { greeter: { greeting: (name) => `good ${part()}, ${name}` } } };
  },
});
