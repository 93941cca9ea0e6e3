/** What a line from a server is. */
export type Line = 'message' | 'answer' | 'other';

/** How load clients speak to one kind of server. Lines are handed over without their line end. */
export interface Protocol {
  /** The lines that log a client in; they are answered once. */
  login(name: string): string;
  /** Whether that answer lets the client in. */
  isIn(answer: string): boolean;
  /** The line that brings a client to where broadcasts are heard, where that takes one. */
  readonly join?: string;
  direct(to: string, text: string): string;
  broadcast(text: string): string;
  /** A command that writes nothing. */
  readonly query: string;
  kindOf(bytes: Buffer, start: number, end: number): Line;
  /** Where the text of a message begins. */
  textAt(bytes: Buffer, start: number, end: number): number;
  /**
   * Set where messages are not answered: who sent a message. Its arrival then stands for the answer, which is how a
   * closed loop keeps a number of them in flight.
   */
  senderOf?(bytes: Buffer, start: number, end: number): string;
  /** The line that acknowledges a message, where the server expects one. */
  acknowledge?(bytes: Buffer, start: number, end: number): string;
}
