import { Host } from '../plugin/host.ts';
import { settingOf } from './setting.ts';

/** Serves until SIGTERM or SIGINT, then ends every session politely. */
export async function serve(config: string | undefined): Promise<void> {
  const host = await Host.start(await settingOf(config));
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGTERM', () => resolve());
  process.once('SIGINT', () => resolve());
  await promise;
  await host.stop('shutdown');
}
