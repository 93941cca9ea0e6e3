import type { ForeignProtocol } from '../wire/environment.ts';

/** A request line (RFC 9112, 3): of any method, HTTP/2's preface too. */
const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/\d(?:\.\d)?$/;

/** The start of a request line that is too long for a line. */
const LONG_REQUEST_LINE = /^[A-Z]+ (?:\/|https?:)\S{16}/;

const LF = 0x0a;

/**
 * Detects from the first bytes of a connection whether the client speaks another protocol. A web page can make a browser
 * send such requests to any port, with lines of the page's choice after the first.
 * @param longest the longest line, in bytes
 * @returns the protocol, undefined if it is none of these, `open` while more bytes are needed
 */
export function foreignProtocol(bytes: Buffer, longest: number): ForeignProtocol | 'open' | undefined {
  // A TLS record of a handshake, which no line begins with.
  if (bytes[0] === 0x16) return bytes.length < 2 ? 'open' : bytes[1] === 0x03 ? 'tls' : undefined;
  const end = bytes.indexOf(LF);
  if (end < 0 && bytes.length < longest) return 'open';
  if (end < 0 || end >= longest) return LONG_REQUEST_LINE.test(bytes.toString('latin1', 0, 256)) ? 'http' : undefined;
  return REQUEST_LINE.test(bytes.toString('latin1', 0, end).replace(/\r$/, '')) ? 'http' : undefined;
}
