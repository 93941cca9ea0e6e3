/**
 * The plain line of something that has happened, as a window shows it: without the server's name, and in the window of its
 * room without the room's.
 * @param title the window's
 */
export function noticeText(line: string, title: string): string {
  const [, room, text = line] = /^(?:(#\S+) )?(?:\*server\*: )?(.*)$/s.exec(line) ?? [];
  return room === undefined || room === title ? text : `${room}: ${text}`;
}
