// Writes what is derived: the error codes page, the floor plan's picture, the reasons of adjudication and the manifests of the default topology. With --check it writes nothing and fails on a difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format } from 'prettier';
import { renderArchitecture } from './generate/architecture.mjs';
import { renderClaimReasons } from './generate/claim-reasons.mjs';
import { renderErrorCodes } from './generate/error-codes.mjs';
import { generateManifests } from './generate/manifests.mjs';

const root = join(import.meta.dirname, '..');
const load = createRequire(import.meta.url);
const plan = load('./floor-plan.json');
const style = load('../.prettierrc.json');

const pages = {
  'docs/reference/architecture.md': (before) => renderArchitecture(before, plan),
  'docs/reference/benefit-plan.md': (before) => renderClaimReasons(before, load),
  'docs/reference/error-codes.md': () => renderErrorCodes(load),
};

let stale = 0;
for (const [page, render] of Object.entries(pages)) {
  const file = join(root, page);
  const before = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
  const after = await format(await render(before), { ...style, parser: 'markdown' });
  if (after === before) continue;
  if (process.argv.includes('--check')) {
    stale += 1;
    console.error(`${page} is not what its sources say: run npm run generate.`);
  } else {
    writeFileSync(file, after);
    console.error(`${page} written.`);
  }
}
for (const line of generateManifests(load, root, process.argv.includes('--check'))) {
  stale += 1;
  console.error(line);
}
process.exitCode = stale === 0 ? 0 : 1;
