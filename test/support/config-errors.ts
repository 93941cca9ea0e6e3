import { checkConfig } from '../../src/config/check.ts';
import { ConfigErrors } from '../../src/host/config-errors.ts';
import type { Loaded } from '../../src/host/load.ts';
import { plan } from '../../src/host/plan.ts';
import { loadStandardSet } from '../../src/host/standard.ts';

/** What a config is checked with. */
export interface Around {
  /** The folder that it lies in. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The plugins that a config, called `c.json`, switches on. @throws ConfigErrors with all that is wrong */
export async function planned(
  config: unknown,
  { folder = process.cwd(), environment = {} }: Around = {},
): Promise<readonly Loaded[]> {
  const checked = await checkConfig(config, await loadStandardSet(), 'c.json');
  return await plan({ ...checked, place: { folder, name: 'c.json' }, environment });
}

/** All that is said of a config before its plugins are set up; nothing when it is right. */
export async function configErrorsOf(config: unknown, around?: Around): Promise<readonly string[]> {
  try {
    await planned(config, around);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ConfigErrors)) throw thrown;
    return thrown.sentences;
  }
}
