import { Host } from '../plugin/host.ts';
import { settingOf } from './setting.ts';

/** Serves until SIGTERM or SIGINT, then ends every session politely. */
export async function serve(config: string | undefined): Promise<void> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  // Before anything starts: who is asked to stop while it starts stops in order too.
  process.once('SIGTERM', () => resolve());
  process.once('SIGINT', () => resolve());
  const host = await Host.start(await settingOf(config));
  await asked;
  await host.stop('shutdown');
}
