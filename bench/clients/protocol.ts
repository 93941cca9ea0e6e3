/** What a line from a server is. */
export type Line = 'message' | 'answer' | 'other';

/** How load clients speak to one kind of server. A line lies in a buffer from `start` to `end`, where its LF is. */
export interface Protocol {
  /** The lines that log a client in; they get one answer. */
  login(name: string): string;
  /** Whether that answer means success. */
  isIn(answer: string): boolean;
  /** The line that subscribes a client to broadcasts, if it needs one. */
  readonly join?: string;
  /** The line that joins a room. */
  joinRoom?(room: string): string;
  direct(to: string, text: string): string;
  broadcast(text: string): string;
  /** A command that writes nothing. */
  readonly query: string;
  kindOf(bytes: Buffer, start: number, end: number): Line;
  /** Where the text of a message begins. */
  textAt(bytes: Buffer, start: number, end: number): number;
  /** The sender of a message; set where the server answers no messages. */
  senderOf?(bytes: Buffer, start: number, end: number): string;
  /** Whether senders get their own messages back, which are their answers; otherwise a receipt counts as one. */
  readonly echoes?: boolean;
  /** The line that acknowledges a message, where the server expects one. */
  acknowledge?(bytes: Buffer, start: number, end: number): string;
}
