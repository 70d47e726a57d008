import { join } from 'node:path';

const FOLDER = 'network/deploy';

/** Brings the committed manifests to what the default topology says; with `check` nothing is written. Yields a line for each file that was otherwise, and was only checked. */
export function* generateManifests(load, root, check) {
  const { compareManifests, renderManifests, writeManifests } = load('../network/dist/manifests/index.js');
  const { loadTopology } = load('../network/dist/topology/index.js');
  const topology = loadTopology(join(root, 'network/topologies/default.json'), { root, ledger: 'fabric' });
  const files = renderManifests(topology, load('../package.json').version);
  const { stale, left } = (check ? compareManifests : writeManifests)(join(root, FOLDER), files);
  for (const path of [...stale, ...left]) {
    if (check) yield `${FOLDER}/${path} is not what its sources say: run npm run generate.`;
    else console.error(`${FOLDER}/${path} ${left.includes(path) ? 'removed' : 'written'}.`);
  }
}
