import { readFileSync } from 'node:fs';
import { command, definePlugin, type Entry, MessageLog, PageScripts, param, Rooms, refuse, z } from 'chatserv';

/** What shows polls on the web page, with a button for each choice. */
const PAGE = new URL('room-poll.page.js', import.meta.url);

/** The most votes that are counted. */
const VOTES = 10_000;

const pollData = z.strictObject({ question: z.string(), choices: z.array(z.string()) });
const voteData = z.strictObject({ choice: z.string(), result: z.string() });

/** Choices as people write them: `fish, pizza or fish and chips`, or single words. */
function choicesIn(text: string): string[] {
  const [list = '', ...more] = text.trim().split(/\s*[,;]\s*(?:or\s+)?|\s+or\s+/i);
  const choices = more.length > 0 ? [list, ...more] : list.split(/\s+/);
  return [...new Set(choices.filter((choice) => choice !== ''))];
}

/** Polls and votes are entries of the room: they are delivered, kept and paged like messages, and outlive the server. */
export default definePlugin({
  name: 'room-poll',
  summary: 'Asks the members of a room, and counts their votes',
  needs: { messageLog: MessageLog, rooms: Rooms },
  wants: { scripts: PageScripts },
  setup({ server, messageLog, rooms, scripts }) {
    const remove = scripts?.add('room-poll', readFileSync(PAGE, 'utf8'));

    /** The poll with this id, if the account may read it. */
    async function pollAt(id: number, account: number) {
      const entry = await messageLog.readable(account, id);
      return entry?.kind === 'poll' ? { entry, ...pollData.parse(JSON.parse(entry.body)) } : undefined;
    }

    /** What each account has voted for. Of several votes the last counts. */
    async function votesIn({ id }: Entry): Promise<Map<number, string>> {
      const changes = await messageLog.changes([id], VOTES);
      const votes = changes.filter(({ kind }) => kind === 'vote');
      return new Map(votes.map(({ sender, body }) => [sender, voteData.parse(JSON.parse(body)).choice]));
    }

    function resultOf(choices: readonly string[], votes: ReadonlyMap<number, string>): string {
      const all = [...votes.values()];
      return choices.map((choice) => `${choice} ${all.filter((vote) => vote === choice).length}`).join(', ');
    }

    return {
      dispose: () => remove?.(),
      kinds: [
        {
          name: 'poll',
          version: 1,
          schema: pollData,
          counts: true,
          line({ id, roomName, from, body }) {
            const { question, choices } = pollData.parse(JSON.parse(body));
            return `#${roomName} ${from} asks: ${question} (vote ${id} ${choices.join(' or ')})`;
          },
        },
        {
          name: 'vote',
          version: 1,
          schema: voteData,
          counts: false,
          line({ roomName, from, body }) {
            const { choice, result } = voteData.parse(JSON.parse(body));
            return `#${roomName} ${from} votes ${choice}: ${result}`;
          },
        },
      ],
      commands: [
        command({
          name: 'poll',
          summary: 'Asks the members of a room: a question, then the choices, yes and no by default',
          params: { room: param.room('where to ask'), text: param.text('the question, and the choices') },
          async run({ account, values: { room: name, text } }) {
            const room = await rooms.find(name, account);
            if (room === undefined) return refuse('no-room', `There is no room ${name}.`);
            const refusal = await rooms.postRefusal(room.id, account);
            if (refusal !== undefined) return refusal;
            const [question = '', rest = ''] = text.split(/(?<=\?)/, 2);
            const choices = choicesIn(rest);
            const data = { question, choices: choices.length > 1 ? choices : ['yes', 'no'] };
            const { id } = await server.append({ kind: 'poll', from: account, to: { room: room.id }, data });
            return `asked:${id}`;
          },
        }),
        command({
          name: 'vote',
          summary: 'Votes in a poll; the last vote counts',
          params: { poll: param.integer('the id of the poll'), choice: param.text('one of its choices') },
          async run({ account, values: { poll: id, choice: typed } }) {
            const poll = await pollAt(id, account.id);
            if (poll === undefined) return refuse('unknown', 'There is no such poll.');
            const refusal = await rooms.postRefusal(poll.entry.room, account);
            if (refusal !== undefined) return refusal;
            const { choices, entry } = poll;
            const choice = choices.find((one) => one.toLowerCase() === typed.trim().toLowerCase());
            if (choice === undefined) return refuse('choice', `Vote for one of: ${choices.join(', ')}.`);
            const votes = await votesIn(entry);
            const data = { choice, result: resultOf(choices, votes.set(account.id, choice)) };
            await server.append({ kind: 'vote', from: account, to: { room: entry.room }, of: id, data });
            return `voted: ${data.result}`;
          },
        }),
        command({
          name: 'result',
          summary: 'Shows the result of a poll',
          params: { poll: param.integer('the id of the poll') },
          async run({ account, values: { poll: id } }) {
            const poll = await pollAt(id, account.id);
            if (poll === undefined) return refuse('unknown', 'There is no such poll.');
            return `${poll.question} ${resultOf(poll.choices, await votesIn(poll.entry))}`;
          },
        }),
      ],
    };
  },
});
