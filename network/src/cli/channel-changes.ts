import { readFileSync } from 'node:fs';
import {
  ChannelError,
  SETTINGS,
  planAddOrderer,
  planAddOrganisation,
  planRemoveOrderer,
  planRemoveOrganisation,
  planRevocation,
  planRotateOrderer,
  planSettings,
  type Plan,
} from '../channel';
import { enroll, generateRevocationList } from '../identity';
import type { Organisation } from '../topology';
import { mspIdOf, organisationOf, placedOrganisation, type ChannelCall } from './channel-options';
import { wordOf } from './command';
import { UsageError } from './usage-error';

/** A change as the command line names it. */
export interface ChannelChange {
  /** Whom or what it is about, for the name of its file. */
  readonly about: (call: ChannelCall) => string;
  readonly plan: (call: ChannelCall) => Plan | Promise<Plan>;
  /** What is to be done when it has its effect; undefined: nothing. */
  readonly after?: (call: ChannelCall) => string;
}

const nameIn = (verb: string) => (call: ChannelCall) => wordOf(call.words, `channel ${verb}`, 'name of an organisation');
const organisationIn = (verb: string, call: ChannelCall): Organisation => organisationOf(call.topology, nameIn(verb)(call));

export const CHANNEL_CHANGES: Readonly<Record<string, ChannelChange>> = {
  'add-organisation': {
    about: nameIn('add-organisation'),
    plan: (call) => planAddOrganisation(call.topology, placedOrganisation(call, organisationIn('add-organisation', call))),
    after: () => 'Its peer may join now (with the first block of the channel), install the chaincode and approve its definition.',
  },
  'add-orderer': {
    about: nameIn('add-orderer'),
    plan: (call) => planAddOrderer(placedOrganisation(call, organisationIn('add-orderer', call))),
    after: () =>
      'Without a vote yet: start the orderer, let it join with the newest configuration block, and run this command again. With a vote: restart the peers, one after another, so that they find it.',
  },
  'remove-organisation': {
    about: nameIn('remove-organisation'),
    plan: (call) => planRemoveOrganisation(mspIdOf(call.topology, nameIn('remove-organisation')(call))),
    after: () => 'Its nodes get no blocks any more; stop them.',
  },
  'remove-orderer': {
    about: nameIn('remove-orderer'),
    plan: (call) => planRemoveOrderer(mspIdOf(call.topology, nameIn('remove-orderer')(call))),
    after: () =>
      'Run this command again until there is nothing to do; then stop the orderer, and restart the peers, one after another, so that they look for it no more.',
  },
  'rotate-orderer': {
    about: nameIn('rotate-orderer'),
    plan: (call) => planRotateOrderer(organisationIn('rotate-orderer', call), call.values),
    after: () => 'Restart the orderer with these certificates: until then the others do not recognise it, unless its key stayed the same.',
  },
  set: {
    about: ({ words }) => (words.length === 0 ? 'all' : words.join('-')),
    plan: ({ topology, words }) => planSettings(topology, words.length === 0 ? SETTINGS : words.map(settingOf)),
  },
  revoke: {
    about: nameIn('revoke'),
    plan: async (call) => {
      const name = nameIn('revoke')(call);
      const list =
        call.values.list === undefined
          ? await askAuthority(organisationOf(call.topology, name))
          : readText(call.values.list, 'Name a file that there is.');
      return planRevocation(mspIdOf(call.topology, name), list);
    },
  },
};

function settingOf(word: string): (typeof SETTINGS)[number] {
  const setting = SETTINGS.find((each) => each === word);
  if (setting === undefined) throw new UsageError(`channel set ${word}: must be ${SETTINGS.join(', ')}, or nothing for all of them.`);
  return setting;
}

/** Everything that the organisation's own certificate authority has revoked, signed anew. */
async function askAuthority({ ca, endpoints }: Organisation): Promise<string> {
  const endpoint = { url: endpoints.ca, name: ca.name };
  const secret = readText(ca.registrar.secretFile, 'Name the list with --list FILE, or run this where the certificate authority is.');
  return generateRevocationList(endpoint, await enroll(endpoint, { id: ca.registrar.id, secret }));
}

function readText(file: string, hint: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ChannelError('CHANNEL_MATERIAL_UNFIT', `The revocation list cannot be had: ${(error as Error).message}.`, hint);
  }
}
