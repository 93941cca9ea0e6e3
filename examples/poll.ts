import { definePlugin, refuse } from 'chatserv';

/** Two commands that share what is kept over a reload, and a message to everyone that no user has said. */
export default definePlugin({
  name: 'poll',
  summary: 'Asks everyone a question and counts the answers',
  setup({ keep, server }) {
    const poll = keep('poll', () => ({ question: '', votes: new Map<number, string>() }));
    const count = (word: string) => [...poll.votes.values()].filter((vote) => vote === word).length;
    return {
      commands: [
        {
          name: 'poll',
          usage: 'poll <question>',
          summary: 'Asks everyone a question',
          args: { min: 1 },
          async run({ account, rest }) {
            const text = `${account.name} asks: ${rest} (vote yes, vote no)`;
            const posted = await server.post({ from: { id: 0, name: '*poll*' }, to: 'everyone', text });
            if ('kind' in posted) return posted;
            poll.question = rest;
            poll.votes.clear();
            return 'asked:';
          },
        },
        {
          name: 'vote',
          usage: 'vote <yes or no>',
          summary: 'Answers the question; the last answer counts',
          args: { min: 1, max: 1 },
          run({ account, args: [word = ''] }) {
            if (poll.question === '' || (word !== 'yes' && word !== 'no')) return refuse('args');
            poll.votes.set(account.id, word);
            return `${poll.question} yes: ${count('yes')}, no: ${count('no')}`;
          },
        },
      ],
    };
  },
});
