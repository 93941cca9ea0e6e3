import { defineCommand } from 'chatserv';

export default defineCommand({
  name: 'logout',
  usage: 'logout',
  summary: 'Says goodbye and closes the connection',
  args: { max: 0 },
  run({ session }) {
    session.close('goodbye');
    return undefined;
  },
});
