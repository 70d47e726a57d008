// Blind writes and evaluates on one ledger: four organisations with a chaincode process each, two of which endorse; no gateways.
import { join } from 'node:path';
import { load, report, reportMemory } from './measure.mjs';
import { openClient, write } from './ledger-client.mjs';
import { newBenchNetwork } from './network.mjs';

const VALUE = 'v'.repeat(1000);
/** Seconds of load before an operation and what it is held against are measured: compilers and caches have settled by then. */
export const WARM = 15;
const CHAINCODE = { name: 'bench', folder: join(import.meta.dirname, 'chaincode'), policy: 'Witnessed' };

/** A network whose chaincode does nothing but write and answer. `fabric`: settings of Fabric other than the topology's own. */
export function newPlainNetwork(ledger, fabric = {}) {
  const change = ({ gateway, ...topology }) => ({ ...topology, chaincode: CHAINCODE, fabric });
  return newBenchNetwork({ ledger, change });
}

/**
 * Runs one ledger's figures and prints them. Answers those that others are held against: `write` (50 at once), `asset` (a plain asset, refused
 * when it stands, 20 at once).
 */
export async function benchLedger({ ledger, seconds = 6 }) {
  const network = await newPlainNetwork(ledger);
  try {
    const ready = await network.up();
    console.log(`${ledger}: four organisations, from nothing to a committed chaincode: ${ready.toFixed(1)} s`);
    const client = openClient(network.readTopology());
    const processes = { client: [process.pid], ...(await network.readProcesses()) };
    const { client: _, ...nodes } = processes;
    const measure = (title, operation, atOnce, more = {}) => {
      const { baseline, duration = seconds, warmUpSeconds } = more;
      return load({ operation, atOnce, seconds: duration, processes, warmUpSeconds }).then((result) => {
        report(`${ledger}: ${title}`, result, baseline);
        return result;
      });
    };
    reportMemory(`${ledger} when it is ready`, nodes);
    const writing = (contract, prefix, transaction) => (n) => write(contract, `${prefix}${n}`, VALUE, transaction);
    const stock = await measure('blind write of 1 kB, 50 at once, stock signer', writing(client.stock, 's'), 50);
    const named = { name: 'stock signer', result: stock };
    const writes = await measure('blind write of 1 kB, 50 at once, native signer', writing(client.native, 'n'), 50, { baseline: named });
    const alone = await measure('blind write of 1 kB, one at a time', writing(client.native, 'o'), 1, { duration: seconds / 2 });
    const asset = await measure('plain asset of 1 kB, 20 at once', writing(client.native, 'a', 'create'), 20, { warmUpSeconds: WARM });
    const evaluating = (contract) => () => contract.evaluateTransaction('nothing');
    const evaluate = await measure('evaluate, 50 at once, stock signer', evaluating(client.stock), 50);
    await measure('evaluate, 50 at once, native signer', evaluating(client.native), 50, {
      baseline: { name: 'stock signer', result: evaluate },
    });
    reportMemory(`${ledger} after the load`, nodes);
    client.close();
    return { write: writes, alone, asset };
  } finally {
    await network.down();
    network.remove();
  }
}
