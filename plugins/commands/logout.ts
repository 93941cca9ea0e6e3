import {
  type Account,
  Accounts,
  DEFAULT_DEVICE,
  defineCommand,
  deviceNameOf,
  MessageLog,
  nameKey,
  param,
  type Reply,
  ResumeTokens,
  refuse,
  reply,
  type Server,
  type Session,
} from 'chatserv';

/** What signing out one device needs. */
interface SignOut {
  readonly server: Server;
  readonly messageLog?: MessageLog | undefined;
  readonly tokens?: ResumeTokens | undefined;
}

export default defineCommand({
  name: 'logout',
  summary: 'Logs out this session, all sessions of one of your devices, or every session',
  params: {
    device: param
      .word('the device to sign out, or `everywhere`; either also revokes the tokens', {
        label: 'device or everywhere',
      })
      .optional(),
  },
  wants: { accounts: Accounts, messageLog: MessageLog, tokens: ResumeTokens },
  async run({ session, account, values: { device } }, { accounts, ...signOut }) {
    const word = device === undefined ? '' : nameKey(device);
    if (device !== undefined && word !== 'everywhere') return signOutDevice(device, account, session, signOut);
    if (device !== undefined) {
      if (accounts === undefined) return refuse('args', 'This server cannot log out other sessions.');
      await accounts.signOut(account.id, session);
    }
    session.close('goodbye');
    // The first call spared this session and gave it a new token: revoke that one, too.
    if (device !== undefined) await accounts?.signOut(account.id);
    return undefined;
  },
});

/** Signs out one device of an account: its tokens, its place in the log, and its sessions. */
async function signOutDevice(
  text: string,
  account: Account,
  caller: Session,
  { server, messageLog, tokens }: SignOut,
): Promise<Reply> {
  const device = nameKey(text) === DEFAULT_DEVICE ? '' : deviceNameOf(text);
  const sessions = () => server.sessionsOf(account).filter(({ deviceName }) => deviceName === device);
  const kept = (await messageLog?.devices(account.id)) ?? [];
  const isKnown = sessions().length > 0 || kept.some(({ name, seen }) => name === device && seen > 0);
  if (device === undefined || !isKnown) {
    return refuse('device', `You have no device “${text}”. The command devices lists yours.`);
  }
  await tokens?.revoke(account, device);
  // An account's last device keeps its place: without one, everything would be delivered again at the next login.
  if (kept.some(({ name }) => name !== device)) await messageLog?.removeDevice(account.id, device);
  // Last, so that no login with a token slips in between.
  const closing = sessions();
  for (const session of closing) session.close(session === caller ? 'goodbye' : 'signed-out');
  return reply(`done:${closing.length}`, {
    device: device === '' ? DEFAULT_DEVICE : device,
    connections: closing.length,
  });
}
