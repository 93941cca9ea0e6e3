/** The settings of the server that the page depends on, as of its load. */
const {
  title = 'Chat',
  welcome = '',
  assets = '',
  socket = 'ws',
  ...more
}: Readonly<DOMStringMap> = typeof document === 'undefined' ? {} : document.documentElement.dataset; // Tests of single parts have no document.

export const server = {
  /** The name of the chat. */
  title,
  /** A sentence above the login. */
  welcome,
  /** The folder of the page's files. */
  assets,
  /** The address of the WebSocket. */
  get socket(): string {
    const url = new URL(socket, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    return url.href;
  },
  /** Whether new users can register. */
  registers: more.registration === 'on',
  /** Whether guests can come in. */
  welcomesGuests: more.guests === 'on',
  /** The path at which invitations are looked up; empty if there are none. */
  invitations: more.invitations ?? '',
  /** The addresses of plugins' scripts. */
  scripts: (more.scripts ?? '')
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => `${assets}/${name}`),
  /** Whether messages are stored for offline users. */
  keepsMessages: more.keepsMessages === 'on',
} as const;
