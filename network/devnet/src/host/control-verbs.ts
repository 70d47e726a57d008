import { DevnetError } from '../devnet-error';
import type { ChaincodeSpec, OrganisationSpec } from '../genesis/consortium-spec';
import type { Devnet, DevnetOrganisation } from './devnet';
import type { ControlVerbs } from '../control/control-door';

type Args = Readonly<Record<string, unknown>>;

/** What other processes may ask of a devnet: its verbs, and the test switches where they are on. */
export function newControlVerbs(devnet: () => Devnet): ControlVerbs {
  return {
    status: () => ({ channel: devnet().channel, height: devnet().height, organisations: devnet().organisations.map(describe) }),
    'join-organisation': async (args) =>
      describe(
        await devnet().joinOrganisation(args['organisation'] as OrganisationSpec, (args['services'] ?? {}) as Record<string, string>),
      ),
    'revoke-certificates': (args) => devnet().revokeCertificates(text(args, 'mspId'), text(args, 'revocationList')),
    'deploy-chaincode': (args) => devnet().deployChaincode(args['chaincode'] as ChaincodeSpec),
    'chaincode-ready': (args) => devnet().chaincodeReady(text(args, 'mspId'), text(args, 'chaincode')),
    'export-blocks': (args) => devnet().exportBlocks(text(args, 'folder')),
    explain: (args) => devnet().explain(text(args, 'txId')),
    'pause-ordering': () => devnet().switches.pauseOrdering(),
    'resume-ordering': () => devnet().switches.resumeOrdering(),
    'lose-submit-answer': (args) => devnet().switches.loseSubmitAnswer(count(args, 'count')),
    'hold-back-peer': (args) => devnet().switches.holdBackPeer(text(args, 'mspId'), count(args, 'blocks')),
    'take-down-peer': (args) => devnet().switches.takeDownPeer(text(args, 'mspId')),
    'bring-up-peer': (args) => devnet().switches.bringUpPeer(text(args, 'mspId')),
  };
}

/** Private keys do not pass the door. */
function describe({ mspId, endpoint, tlsRootCertificates }: DevnetOrganisation): Omit<DevnetOrganisation, 'generated'> {
  return { mspId, endpoint, tlsRootCertificates };
}

function text(args: Args, name: string): string {
  const value = args[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DevnetError('DEVNET_CONTROL_REFUSED', `${name}: must be a text`);
}

function count(args: Args, name: string): number {
  const value = args[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new DevnetError('DEVNET_CONTROL_REFUSED', `${name}: must be a whole number, 0 or more`);
}
