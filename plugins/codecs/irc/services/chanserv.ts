import type { ServiceCommand, ServiceRequest } from './service.ts';

/** Gives a member of a channel a role. @param role as rooms call it */
function giving(role: string, about: string): ServiceCommand {
  return {
    form: '<channel> [<nick>]',
    about,
    least: 1,
    async run(request) {
      const [room = '', user = request.call.client.nick] = request.words;
      await request.command('room-role', { room, user, role }, `${user} has the role ${role} in ${room}.`);
    },
  };
}

/** Acts on somebody in a channel by a command of moderators. */
function acting(word: string, form: string, about: string, done: string): ServiceCommand {
  return {
    form,
    about,
    least: 2,
    async run(request: ServiceRequest) {
      const [room = '', user = '', ...rest] = request.words;
      const reason = rest.length > 0 && word === 'room-kick' ? { reason: rest.join(' ') } : {};
      await request.command(word, { room, user, ...reason }, done);
    },
  };
}

/** What people ask ChanServ, by commands for rooms. */
export const CHANSERV: Readonly<Record<string, ServiceCommand>> = {
  BAN: acting('room-ban', '<channel> <nick or pattern>', 'Keeps somebody out.', 'Banned.'),
  DEOP: giving('member', 'Takes the role of a moderator away.'),
  DEVOICE: giving('member', 'Takes the role of a speaker away.'),
  INFO: {
    form: '<channel>',
    about: 'Describes a channel.',
    least: 1,
    run: (request) => request.command('room', { room: request.words[0] }),
  },
  INVITE: {
    form: '<channel> [<nick>]',
    about: 'Invites somebody.',
    least: 1,
    async run(request) {
      const [room = '', user = request.call.client.nick] = request.words;
      await request.command('invite', { room, user }, `${user} is invited to ${room}.`);
    },
  },
  KICK: acting('room-kick', '<channel> <nick> [<reason>]', 'Removes somebody.', 'Removed.'),
  LIST: { form: '', about: 'Lists channels.', least: 0, run: (request) => request.command('rooms', {}) },
  OP: giving('moderator', 'Makes somebody a moderator.'),
  OWNER: giving('owner', 'Makes somebody an owner.'),
  REGISTER: {
    form: '<channel>',
    about: 'Makes you the owner of a channel that has none, so that it stays when you leave.',
    least: 1,
    async run(request) {
      const { call, words } = request;
      const [room = ''] = words;
      const values = { room, user: call.client.nick, role: 'owner' };
      await request.command('room-role', values, `You own ${room} now.`);
    },
  },
  TOPIC: {
    form: '<channel> [<topic>]',
    about: 'Shows or sets what a channel is about.',
    least: 1,
    async run(request) {
      const [room = '', ...text] = request.words;
      await request.command('topic', text.length === 0 ? { room } : { room, text: text.join(' ') });
    },
  },
  UNBAN: acting('room-unban', '<channel> <nick or pattern>', 'Lifts a ban.', 'The ban is lifted.'),
  VOICE: giving('speaker', 'Lets somebody speak in a moderated channel.'),
};
