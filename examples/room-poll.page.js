/** Shows the polls of `room-poll` on the web page. */
export default {
  poll({ id, data, changes }, { h, me, call, changed }) {
    // Of several votes the last counts.
    const votes = new Map(changes.filter(({ kind }) => kind === 'vote').map(({ from, data }) => [from, data.choice]));
    const vote = async (choice) => {
      if (await call('vote', { poll: id, choice })) changed('vote', { choice });
    };
    const buttons = data.choices.map((choice) => {
      const count = [...votes.values()].filter((one) => one === choice).length;
      const isMine = votes.get(me) === choice;
      return h(
        'button',
        { type: 'button', class: 'small', 'aria-pressed': isMine, onClick: () => vote(choice) },
        `${choice} ${count}`,
      );
    });
    return h('div', { class: 'tools' }, h('b', {}, data.question), buttons);
  },
};
