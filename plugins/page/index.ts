import { definePlugin, Guests, Http, Inbox, Invitations, PageScripts, Registration, z } from 'chatserv';
import { invitationHandler } from './invitation.ts';
import { serve } from './serve.ts';
import { INVITATION, siteFiles } from './site.ts';

/** A path on the HTTP port that ends with a slash. */
const folder = z.string().regex(/^\/(?:[\w.~-]+\/)*$/, "a path such as '/' or '/chat/'");

export default definePlugin({
  name: 'page',
  summary: 'A web page to chat with, on the HTTP port',
  options: z.strictObject({
    title: z.string().min(1).max(60).default('Chat').describe('The name of the chat'),
    welcome: z
      .string()
      .max(500)
      .default('')
      .describe('A sentence above the login, such as who runs the chat or how to get an account'),
    path: folder.default('/').describe('The path of the page on the HTTP port; it ends with a slash'),
    socket: z
      .string()
      .startsWith('/')
      .default('/ws')
      .describe('The path of the WebSocket on that port: the option `path` of the plugin `websocket`'),
  }),
  needs: { http: Http },
  provides: { scripts: PageScripts },
  wants: { registration: Registration, inbox: Inbox, invitations: Invitations, guests: Guests },
  setup({ options, http, registration, inbox, invitations, guests, server }) {
    const site = {
      ...options,
      registers: registration !== undefined,
      invites: invitations !== undefined,
      welcomesGuests: guests !== undefined,
      keepsMessages: inbox !== undefined,
    };
    /** The scripts of plugins, by name. */
    const scripts = new Map<string, { readonly source: string }>();
    let files: ReturnType<typeof siteFiles> | undefined;
    // Built for the first visitor: it would take a fifth of the time of a start from the source.
    const handler = serve(options.path, () => {
      files ??= siteFiles(site, scripts);
      return files;
    });
    const mounted: (() => void)[] = [];
    return {
      provide: {
        scripts: {
          add(name, source) {
            if (!/^[a-z0-9-]+$/.test(name)) throw new TypeError(`A script cannot be called '${name}'.`);
            const script = { source };
            scripts.set(name, script);
            files = undefined;
            return () => {
              // After a reload there is another one, perhaps with the same source.
              if (scripts.get(name) !== script) return;
              scripts.delete(name);
              files = undefined;
            };
          },
        },
      },
      start() {
        mounted.push(http.mount(options.path, handler));
        if (invitations !== undefined) {
          const handleInvitation = invitationHandler(invitations, http, server);
          mounted.push(http.mount(`${options.path}${INVITATION}`, handleInvitation));
        }
        if (options.path !== '/') mounted.push(http.mount(options.path.slice(0, -1), handler));
      },
      dispose() {
        for (const unmount of mounted) unmount();
      },
    };
  },
});
