import { globSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FIRST_MANIFEST = 'MANIFEST-000000';
/** What a LevelDB folder holds before `CURRENT` names its manifest: nothing was ever put into it. A first journal would follow. */
const BEFORE_BIRTH = /^(LOCK|LOG(\.old)?|MANIFEST-000000|CURRENT\.0)$/;

/**
 * Removes databases whose creation was cut off, so that they are created anew. A node that is killed in that moment of its first start
 * never starts again: "database entry point either missing or corrupted" (goleveldb session.recover). The node must not run.
 */
export function clearUnbornDatabases(dataFolder: string): void {
  for (const manifest of globSync(`**/${FIRST_MANIFEST}`, { cwd: dataFolder })) {
    const folder = join(dataFolder, dirname(manifest));
    if (readdirSync(folder).every((name) => BEFORE_BIRTH.test(name))) rmSync(folder, { recursive: true });
  }
}
