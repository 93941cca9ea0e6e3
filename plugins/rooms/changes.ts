import { type Entry, type KindSpec, roomChange, roomChangeIn, roomChangeSentence, z } from 'chatserv';

/** The kinds of entries in rooms. The log itself appends `join`, `leave` and `rename`. @param isQuiet whether nobody is told who joins and leaves a room */
export function roomKinds(isQuiet: (room: number) => boolean): KindSpec[] {
  const ofLog = { version: 1, schema: z.never(), counts: false };
  return [
    {
      ...ofLog,
      name: 'join',
      line: (entry) => told(entry, `${entry.from} joined`),
      isShown: ({ room }) => !isQuiet(room),
    },
    {
      ...ofLog,
      name: 'leave',
      line: (entry) => told(entry, `${entry.from} left`),
      // The entry `room` that goes with the end of a membership says who has ended it.
      isShown: ({ room, body }) => body === '' && !isQuiet(room),
    },
    // People read the entry `room` that goes with it, which says who renamed the room and what it was called.
    { ...ofLog, name: 'rename' },
    {
      name: 'room',
      version: 1,
      schema: roomChange,
      counts: false,
      line(entry) {
        const change = roomChangeIn(entry);
        const what = change && roomChangeSentence(change, entry.sender === 0 ? 'the server' : entry.from);
        return what === undefined ? undefined : told(entry, what);
      },
    },
  ];
}

/** The account that an entry of kind `room` is about, if it is about one. */
export function accountOf(entry: Entry): number | undefined {
  const change = roomChangeIn(entry);
  return change !== undefined && 'account' in change ? change.account : undefined;
}

function told({ room, roomName = String(room) }: Entry, what: string): string {
  return `#${roomName} *server*: ${what}`;
}
