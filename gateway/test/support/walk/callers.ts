import { staffRoles } from '@medaccord/chaincode/model';
import type { Answer, Sent } from '../door';
import { members, type MemberId, type TestConsortium } from '../test-consortium';
import type { TestPatient } from '../test-patient';
import { department } from './department';
import type { State } from './states';

/** Who sends the walk's requests, and to whose gateway. */
export interface Caller {
  readonly name: string;
  readonly at: MemberId;
  /** Of staff with a good token; nothing of anybody else. */
  readonly role?: string;
  readonly department?: string;
  /** The departments whose patients they read about at their own organisation; without it, of all. */
  readonly reach?: readonly string[];
  /** The patient of the relation, with a token that is good here. */
  readonly isPatient?: true;
  /** Nothing that this caller is told depends on a consent: a token that is good for nobody here, or for another relation. */
  readonly isElsewhere?: true;
  readonly newToken: (state: State) => Promise<string | undefined>;
}

export interface Visit {
  readonly caller: Caller;
  readonly state: State;
  send(path: string, sent?: Sent): Promise<Answer>;
}

/** Callers whose answers may depend on the consent. */
export function listCallers(consortium: TestConsortium, other: TestPatient): readonly Caller[] {
  const [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'] as const;
  const minutesAgo = (minutes: number): number => -60 * minutes;
  return [
    ...[alpha, beta, gamma].map((at): Caller => ({ name: 'anybody', at, isElsewhere: true, newToken: () => Promise.resolve(undefined) })),
    newStaff(consortium, beta, 'physician'),
    { ...newStaff(consortium, beta, 'physician', department), department },
    newStaff(consortium, beta, 'insurer-clerk'),
    newLimited(consortium, alpha, department),
    newLimited(consortium, alpha, 'surgery'),
    newStaff(consortium, gamma, 'physician'),
    { name: 'the patient', at: alpha, isPatient: true, newToken: ({ patient }) => patient.token(alpha) },
    { name: 'the patient', at: beta, isPatient: true, newToken: ({ patient }) => patient.token(beta) },
    { name: 'another patient', at: alpha, newToken: () => other.token(alpha) },
    { name: 'another patient', at: beta, isElsewhere: true, newToken: () => other.token(beta) },
    { name: 'a delegate', at: alpha, newToken: ({ delegate }) => delegate.token(alpha) },
    { name: 'a delegate', at: beta, isElsewhere: true, newToken: ({ delegate }) => delegate.token(beta) },
    {
      name: 'an expired physician',
      at: beta,
      isElsewhere: true,
      newToken: () => consortium.gateway(beta).token('physician', 'late', minutesAgo(2)),
    },
    { name: "Alpha's physician", at: beta, isElsewhere: true, newToken: () => consortium.gateway(alpha).token('physician') },
    { name: "Beta's physician", at: alpha, isElsewhere: true, newToken: () => consortium.gateway(beta).token('physician') },
    { name: 'the patient with a token for Beta', at: alpha, isElsewhere: true, newToken: ({ patient }) => patient.token(beta) },
  ];
}

/** Every other role of every member. */
export function listOtherStaff(consortium: TestConsortium, known: readonly Caller[]): readonly Caller[] {
  const all = members.flatMap(({ mspId }) =>
    staffRoles.filter((role) => role !== 'gateway').map((role) => newStaff(consortium, mspId, role)),
  );
  return all.filter(
    (one) =>
      !known.some(
        ({ at, role, department: unit, reach }) => at === one.at && role === one.role && unit === undefined && reach === undefined,
      ),
  );
}

function newStaff(consortium: TestConsortium, at: MemberId, role: string, unit?: string): Caller {
  const more = unit === undefined ? {} : { department: unit };
  const name = `${role}${unit === undefined ? '' : ` of ${unit}`}`;
  return { name, at, role, newToken: () => consortium.gateway(at).token(role, `${role}-1`, 600, more) };
}

/** A nurse who reads about the patients of one department. */
function newLimited(consortium: TestConsortium, at: MemberId, unit: string): Caller {
  const reach = [unit];
  const newToken = (): Promise<string> => consortium.gateway(at).token('nurse', 'nurse-2', 600, { reach });
  return { name: `nurse for ${unit}`, at, role: 'nurse', reach, newToken };
}
