import { Accounts, askNewPassword, defineCommand, Passwords, refuse } from 'chatserv';

export default defineCommand({
  name: 'change-password',
  summary: 'Changes your password, and logs out your other sessions',
  needs: { accounts: Accounts },
  wants: { passwords: Passwords },
  async run({ session, account }, { accounts, passwords, server, logger }) {
    const before = await accounts.get(account.id);
    if (passwords === undefined || !before?.hash) {
      return refuse('no-password', 'This server does not keep your password. Change it where you got your account.');
    }
    const refusal = await server.checkPassword(session, await session.ask('password', { secret: true }));
    if (refusal !== undefined) return refusal;
    const secret = await askNewPassword(session, account.name, passwords, 'new');
    const hash = await passwords.hash(secret, session.network);
    if (hash === undefined) return refuse('busy', 'The server is busy. Try again in a moment.');
    // Another process may have signed the account out meanwhile, because somebody else uses this session.
    const now = await accounts.get(account.id);
    if (now?.epoch !== before.epoch) return refuse('changed', 'Your account was changed meanwhile. Try again.');
    await accounts.setHash(account.id, hash, { by: session });
    logger.info({ event: 'password-change', ...session.who }, 'a password was changed');
    return 'done:';
  },
});
