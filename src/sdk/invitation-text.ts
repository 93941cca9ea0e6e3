const TEXT = /^You are invited to #(\S+)\. To join, type: join #(\S+)$/;

/** The text of the message with which a user is invited to a room. @param room its name, without `#` */
export function invitationText(room: string): string {
  return `You are invited to #${room}. To join, type: join #${room}`;
}

/** The room that a message invites to, without `#`: for clients that show invitations in a way of their own. */
export function invitedTo(text: string): string | undefined {
  const [, room, again] = TEXT.exec(text) ?? [];
  return room === again ? room : undefined;
}
