import { once } from 'node:events';
import { connect } from 'node:net';
import { startServer } from 'chatserv/testing';
import { transportContract } from 'chatserv/testing/contracts';

/** The contract sends more at once than a client should. */
const NO_RATES = { linesPerSecond: 0, bytesPerSecond: 0 };

transportContract('memory', async () => {
  const server = await startServer({}, NO_RATES);
  return { server, connect: async () => server.open() };
});

transportContract('tcp', async () => {
  const server = await startServer({ tcp: { port: 0 } }, NO_RATES);
  const [host, port] = server.listening.get('tcp')?.split(':') ?? [];
  return {
    server,
    async connect() {
      const socket = connect({ host: host ?? '', port: Number(port) });
      await once(socket, 'connect');
      return socket;
    },
  };
});
