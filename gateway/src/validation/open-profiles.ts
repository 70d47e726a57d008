import type { Logger } from 'pino';
import { loadProfiles } from './load-profiles';
import type { Profiles } from './profiles';

/** Loads the profiles of a folder, and logs which of them cannot be used. */
export function openProfiles(
  { folder, unknown }: { readonly folder: string; readonly unknown: Profiles['unknown'] },
  log: Logger,
): Profiles {
  const loaded = loadProfiles(folder, unknown);
  for (const one of loaded.unusable) log.warn(one, 'a profile cannot be held against resources: it counts as unknown');
  log.info({ profiles: loaded.byCanonical.size }, 'profiles loaded');
  return loaded;
}
