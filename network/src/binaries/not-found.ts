import { BinariesError } from './binaries-error';
import { ACCEPTED_VERSIONS } from './fabric-version';

/** A place that was looked at in vain. */
export interface Miss {
  readonly place: string;
  readonly problem: string;
}

/**
 * Names each place with what is the matter there, and all four ways out.
 * @param cached where an unpacked release would be found
 */
export function newNotFound(misses: readonly Miss[], cached: string): BinariesError {
  const lines = misses.map(({ place, problem }) => `  ${place}: ${problem}`);
  return new BinariesError(
    'FABRIC_NOT_FOUND',
    [`Hyperledger Fabric (${ACCEPTED_VERSIONS}) is not found:`, ...lines].join('\n'),
    [
      'One of these four is needed: MEDACCORD_FABRIC_BIN names the folder of peer, orderer and configtxgen; that folder is on PATH;',
      `the release archive is unpacked as ${cached}; or the archive can be fetched, from the address or file in MEDACCORD_FABRIC_ARCHIVE`,
      'if that is set (through a proxy with NODE_USE_ENV_PROXY=1 and HTTPS_PROXY).',
      'Meanwhile the devnet works without any of it: leave out `--ledger fabric`.',
    ].join('\n  '),
  );
}
