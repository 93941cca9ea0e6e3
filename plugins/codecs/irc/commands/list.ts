import type { RoomInfo } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { elements } from '../names.ts';
import { matchesMask } from '../wire/mask.ts';

/** Whether a channel is listed. */
type Filter = (room: RoomInfo) => boolean;

const MINUTE = 60_000;

/** `LIST`: the channels that the client may see, by the conditions of `ELIST`. */
export const listCommands: IrcCommands = {
  LIST: {
    async run(call) {
      const rooms = (await call.irc.rooms?.list(call.account)) ?? [];
      const now = call.irc.clock.now();
      const given = elements(call.params[0]).map((condition) => filterOf(condition, now));
      // Several names are alternatives, the other conditions hold together.
      const names = given.filter(({ isName }) => isName);
      const others = given.filter(({ isName }) => !isName);
      call.numeric('RPL_LISTSTART', ['Channel']);
      for (const room of rooms) {
        const isNamed = names.length === 0 || names.some(({ filter }) => filter(room));
        if (isNamed && others.every(({ filter }) => filter(room))) entry(call, room);
      }
      call.numeric('RPL_LISTEND');
    },
  },
};

function entry(call: Call, { name, size, topic }: RoomInfo): void {
  call.numeric('RPL_LIST', [`#${name}`, String(size)], topic);
}

/** A condition of ELIST as a filter: `C<5` (created less than 5 minutes ago), `T>5`, `>5` users, `!*mask` or a mask. */
function filterOf(condition: string, now: number): { readonly isName: boolean; readonly filter: Filter } {
  const [, about, sign, digits] = /^([CT]?)([<>])(\d+)$/.exec(condition) ?? [];
  if (digits !== undefined) {
    const bound = Number(digits);
    const isIn = (value: number) => (sign === '<' ? value < bound : value > bound);
    if (about === 'C') return { isName: false, filter: ({ created }) => isIn((now - created) / MINUTE) };
    if (about === 'T') {
      return { isName: false, filter: ({ topicTime }) => topicTime > 0 && isIn((now - topicTime) / MINUTE) };
    }
    return { isName: false, filter: ({ size }) => isIn(size) };
  }
  if (condition.startsWith('!')) {
    return { isName: false, filter: ({ name }) => !matchesMask(condition.slice(1), `#${name}`) };
  }
  return { isName: true, filter: ({ name }) => matchesMask(condition, `#${name}`) };
}
