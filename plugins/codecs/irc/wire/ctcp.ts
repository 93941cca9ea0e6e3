const DELIMITER = '\u0001';

/** A client-to-client message (CTCP) inside the text of a PRIVMSG, such as `ACTION waves`. */
export interface Ctcp {
  /** In upper case. */
  readonly command: string;
  readonly text: string;
}

/** @returns undefined if the text is no CTCP message. Some clients leave out its closing delimiter. */
export function parseCtcp(text: string): Ctcp | undefined {
  if (!text.startsWith(DELIMITER)) return undefined;
  const content = text.slice(1, text.endsWith(DELIMITER) && text.length > 1 ? -1 : undefined);
  const blank = content.indexOf(' ');
  const command = blank < 0 ? content : content.slice(0, blank);
  return { command: command.toUpperCase(), text: blank < 0 ? '' : content.slice(blank + 1) };
}

/** Writes a CTCP message as the text of a PRIVMSG or NOTICE. */
export function serializeCtcp({ command, text }: Ctcp): string {
  return `${DELIMITER}${command}${text === '' ? '' : ` ${text}`}${DELIMITER}`;
}
