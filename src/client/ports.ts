/** The default ports of plain lines and of TLS. */
export const PORTS = { plain: 4119, tls: 4120 };
