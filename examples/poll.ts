import { command, definePlugin, param, refuse } from 'chatserv';

/** Two commands that share state which survives a reload, and a message to everyone that no user sent. */
export default definePlugin({
  name: 'poll',
  summary: 'Asks everyone a question and counts the answers',
  setup({ hotState, server }) {
    const poll = hotState('poll', () => ({ question: '', votes: new Map<number, string>() }));
    const count = (word: string) => [...poll.votes.values()].filter((vote) => vote === word).length;
    return {
      commands: [
        command({
          name: 'poll',
          summary: 'Asks everyone a question',
          params: { question: param.text('what to ask') },
          async run({ account, values: { question } }) {
            const text = `${account.name} asks: ${question} (vote yes, vote no)`;
            const posted = await server.post({ from: { id: 0, name: '*poll*' }, to: 'everyone', text });
            if ('kind' in posted) return posted;
            poll.question = question;
            poll.votes.clear();
            return 'asked:';
          },
        }),
        command({
          name: 'vote',
          summary: 'Answers the question; the last answer counts',
          params: { vote: param.choice(['yes', 'no']) },
          run({ account, values: { vote } }) {
            if (poll.question === '') return refuse('args', 'Nobody has asked anything.');
            poll.votes.set(account.id, vote);
            return `${poll.question} yes: ${count('yes')}, no: ${count('no')}`;
          },
        }),
      ],
    };
  },
});
