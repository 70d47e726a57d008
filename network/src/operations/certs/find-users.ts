import type { NetworkState } from '../../deployment';
import type { CertificateFacts } from './certificate-facts';

/** What a process is called that reads the material of a role, in the order in which a network of separate nodes is restarted. */
const PROCESS_OF_ROLE: readonly (readonly [role: string, prefix: string])[] = [
  ['orderer', 'orderer'],
  ['peer', 'peer'],
  ['chaincode', 'chaincode'],
  ['gateway', 'gateway'],
];
/** The one process that plays peers and orderers where the ledger has no nodes. */
const LEDGER = 'ledger';

/** The running processes that read these certificates when they started, orderers first: they must be restarted to present new ones. */
export function findUsers(certificates: readonly CertificateFacts[], state: Pick<NetworkState, 'processes'> | undefined): string[] {
  const running = new Set(state?.processes.filter(({ process }) => process !== undefined).map(({ name }) => name));
  const users = PROCESS_OF_ROLE.flatMap(([role, prefix]) =>
    certificates
      .filter((each) => each.role === role)
      .map(({ organisation }) => `${prefix}-${organisation}`)
      .map((name) => (running.has(name) ? name : LEDGER)),
  );
  return [...new Set(users)].filter((name) => running.has(name));
}
