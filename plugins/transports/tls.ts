import { TLSSocket } from 'node:tls';
import {
  codecOption,
  definePlugin,
  handshakeLimit,
  handshakeOptions,
  portListener,
  portOptions,
  renamedOption,
  watchedCertificate,
  z,
} from 'chatserv';

export default definePlugin({
  name: 'tls',
  summary: 'Listens for TLS on a TCP port',
  options: z.strictObject({
    ...portOptions(4120),
    certificate: z
      .string()
      .min(1)
      .describe(
        "The certificate's file (PEM), relative to the config's folder: the server's own first, then the chain",
      ),
    key: z.string().min(1).describe("The certificate's private key (PEM), without a passphrase"),
    ...handshakeOptions,
    handshakeTime: z.number().positive().default(10).describe('How long a handshake may take, in seconds'),
    codec: codecOption(),
    dialect: renamedOption('codec'),
  }),
  async setup(context) {
    const { options, server, logger, clock, signal, path } = context;
    const files = { certificate: path(options.certificate), key: path(options.key) };
    const certificate = await watchedCertificate(files, logger, signal);
    const mayBegin = handshakeLimit(context, options.handshakesPerNetwork);
    return portListener(context, 'tls', (socket, address) => {
      if (!mayBegin(address)) {
        socket.destroy();
        return;
      }
      const stream = new TLSSocket(socket, { isServer: true, secureContext: certificate.context });
      const late = clock.after(options.handshakeTime * 1000, () => {
        server.countLimitHit('handshake-time');
        stream.destroy(new Error('it took too long'));
      });
      const failed = (err: NodeJS.ErrnoException) => {
        logger.info({ event: 'handshake-failed', address, because: err.code ?? err.message }, 'a TLS handshake failed');
      };
      stream.once('close', late).once('error', failed);
      stream.once('secure', () => {
        late();
        stream.off('error', failed);
      });
      // Before the handshake, so that a connection that never completes it counts like any other.
      server.accept({ stream, address, transport: 'tls' }, options.codec);
    });
  },
});
