import type { Consortium, Organisation } from './consortium';
import type { BatchSpec, ConsortiumSpec, EveryMemberPolicySpec, OrganisationSpec, PolicySpec } from './consortium-spec';
import { domainOf } from './generate-organisation';
import { resolveChaincode } from './resolve-chaincode';
import { parseSignaturePolicy } from './parse-signature-policy';
import { Spec, collect, refuse } from './spec-reader';

const IMPLICIT_META = /^(ANY|ALL|MAJORITY) [A-Za-z0-9.-]+$/;
const CHANNEL_ID = /^[a-z][a-z0-9.-]{0,248}$/;
const MSP_ID = /^[A-Za-z0-9._-]+$/;
const GROUP_NAME = /^[A-Za-z0-9.-]{1,249}$/;
const OWN_POLICIES = ['Readers', 'Writers', 'Admins', 'Endorsement', 'LifecycleEndorsement'];

/**
 * Fills in what was left out and checks the rest; unknown keys are errors.
 * @throws DevnetError DEVNET_CONSORTIUM_INVALID with all problems, each with its place
 */
export function resolveConsortium(source: ConsortiumSpec): Consortium {
  const problems: string[] = [];
  const spec = new Spec(source, 'consortium', problems);
  spec.allow('channel', 'organisations', 'policies', 'batch', 'chaincodes');
  const organisations = spec.list('organisations').map(resolveOrganisation);
  assertDistinct(organisations, problems);
  const members = organisations.map((organisation) => organisation.mspId);
  const consortium = {
    channel: spec.text('channel', 'main', CHANNEL_ID),
    organisations,
    policies: resolvePolicies(spec.child('policies'), members.length),
    batch: resolveBatch(spec.child('batch')),
    chaincodes: spec.list('chaincodes', []).map((chaincode) => resolveChaincode(chaincode, members)),
  };
  refuse(problems);
  return consortium;
}

/** @throws DevnetError DEVNET_CONSORTIUM_INVALID */
export function resolveJoining(source: OrganisationSpec): Organisation {
  const problems: string[] = [];
  const organisation = resolveOrganisation(new Spec(source, 'organisation', problems));
  refuse(problems);
  return organisation;
}

function resolveOrganisation(spec: Spec): Organisation {
  spec.allow('mspId', 'name', 'domain', 'hosts', 'port', 'material');
  const mspId = spec.text('mspId', undefined, MSP_ID);
  const name = spec.text('name', mspId, GROUP_NAME);
  return {
    mspId,
    name,
    domain: spec.text('domain', domainOf(name)),
    hosts: spec.texts('hosts'),
    port: spec.integer('port', 0, 0, 65_535),
    material: (spec.source as unknown as OrganisationSpec).material,
  };
}

function assertDistinct(organisations: readonly Organisation[], problems: string[]): void {
  if (organisations.length === 0) problems.push('consortium.organisations: at least one organisation is needed');
  for (const key of ['mspId', 'name'] as const) {
    const values = organisations.map((organisation) => organisation[key]);
    for (const twice of new Set(values.filter((value, index) => values.indexOf(value) !== index)))
      problems.push(`consortium.organisations: ${key} "${twice}" occurs twice`);
  }
}

function resolveBatch(spec: Spec): Required<BatchSpec> {
  spec.allow('maxMessageCount', 'timeoutMs', 'absoluteMaxBytes', 'preferredMaxBytes');
  return {
    maxMessageCount: spec.integer('maxMessageCount', 100, 1, 100_000),
    timeoutMs: spec.integer('timeoutMs', 10, 1, 3_600_000),
    absoluteMaxBytes: spec.integer('absoluteMaxBytes', 10 * 1024 * 1024, 1024, 99 * 1024 * 1024),
    preferredMaxBytes: spec.integer('preferredMaxBytes', 2 * 1024 * 1024, 1024, 99 * 1024 * 1024),
  };
}

function resolvePolicies(spec: Spec, members: number): ReadonlyMap<string, PolicySpec> {
  const policies = new Map<string, PolicySpec>();
  for (const [name, policy] of Object.entries(spec.source)) {
    const place = `${spec.place}.${name}`;
    if (!GROUP_NAME.test(name)) spec.problems.push(`${place}: not a policy name`);
    else if (OWN_POLICIES.includes(name)) spec.problems.push(`${place}: the devnet writes this policy itself, as Fabric's samples do`);
    else policies.set(name, checkedPolicy(policy, place, spec.problems, members));
  }
  return policies;
}

function checkedPolicy(policy: unknown, place: string, problems: string[], members: number): PolicySpec {
  if (typeof policy !== 'string') return everyMember(new Spec(policy, place, problems), members);
  if (!IMPLICIT_META.test(policy)) collect(problems, place, () => parseSignaturePolicy(policy));
  return policy;
}

function everyMember(spec: Spec, members: number): EveryMemberPolicySpec {
  spec.allow('outOf', 'role');
  const role = spec.text('role', undefined, /^(member|admin|client|peer|orderer)$/);
  return { outOf: spec.integer('outOf', undefined, 1, members), role: role as EveryMemberPolicySpec['role'] };
}
