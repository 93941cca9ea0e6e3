import { definePlugin, Http, Presence } from 'chatserv';

/** A route: `GET /online` on the HTTP port returns who is online, as JSON. */
export default definePlugin({
  name: 'http-endpoint',
  summary: 'Shows over HTTP who is online',
  needs: { http: Http, presence: Presence },
  setup({ http, presence }) {
    let unmount = () => {};
    return {
      start() {
        unmount = http.mount('/online', (_request, response) => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify(presence.online().map(({ name }) => name)));
        });
      },
      dispose: () => unmount(),
    };
  },
});
