import { defineCommand, param, sendMessage } from 'chatserv';

export default defineCommand({
  name: 'me',
  summary: 'Tells others what you do: "* alice waves"',
  params: {
    to: param.place('who is told: users, a room such as #lab, or everyone'),
    text: param.text('what you do'),
  },
  usage: 'me <user> <text>, me (<user> <user> ...) <text>, me <room> <text>, or me everyone <text>',
  overlaps: true,
  run(call, { server }) {
    const { to, text } = call.values;
    return sendMessage({ ...call, form: 'action' }, to === 'everyone' ? to : [to].flat(), text, server);
  },
});
