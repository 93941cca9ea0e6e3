import { definePlugin, type Login, LoginDialogue, type LoginStep, type Session } from 'chatserv';

export default definePlugin({
  name: 'dialogue',
  summary: 'Asks clients for their user names and passwords',
  provides: { dialogue: LoginDialogue },
  setup: () => ({ provide: { dialogue: { conduct } } }),
});

/** Asks for a user name, then for a password, until the login is over. Answers that came with the login are not asked for. */
async function conduct(session: Session, login: Login): Promise<void> {
  let step: LoginStep = { kind: 'username', because: 'start' };
  while (step.kind !== 'over') step = await next(session, login, step);
}

async function next(session: Session, login: Login, step: Exclude<LoginStep, { kind: 'over' }>): Promise<LoginStep> {
  if (step.kind === 'username') return login.identify(await session.ask('username', step.because, step.reason));
  return login.verify(await session.ask('password', step.because));
}
