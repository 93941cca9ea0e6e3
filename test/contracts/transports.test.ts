import { once } from 'node:events';
import { connect } from 'node:net';
import { startServer } from 'chatserv/testing';
import { transportContract } from 'chatserv/testing/contracts';

transportContract('memory', async () => {
  const server = await startServer();
  return { server, connect: async () => server.open() };
});

transportContract('tcp', async () => {
  const server = await startServer({ tcp: { port: 0 } });
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
