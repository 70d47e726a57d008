import type { JsonObject } from '../fhir';
import { concept, systems } from './code-systems';
import type { EventContext } from './format-audit-event';
import type { ReadEntry } from './read-entry';

/** DICOM: who data goes to, and who it comes from. A query goes to the server, as what is written does. */
const roles = { destination: '110152', source: '110153' } as const;
const readings = new Set<ReadEntry['event']>(['read', 'vread', 'history']);
const writings = new Set<ReadEntry['event']>(['create', 'update', 'delete', 'transaction', 'import', 'registration', 'consent']);

/** Client, server and user (IHE BALP); what the organisation's own agent did has no client. */
export function formatAgents(entry: ReadEntry, { mspId, base }: EventContext): JsonObject[] {
  const isRead = readings.has(entry.event);
  const server: JsonObject = {
    type: concept(systems.dicom, isRead || entry.event === 'disclosure' ? roles.source : roles.destination),
    who: { identifier: { system: systems.member, value: mspId } },
    requestor: entry.actor.kind === 'gateway',
    network: { address: base, type: '5' },
  };
  if (entry.actor.kind === 'gateway') return [server];
  const client: JsonObject = {
    type: concept(systems.dicom, isRead ? roles.destination : roles.source),
    who: { display: 'the application that sent the request' },
    requestor: false,
    ...(entry.address === null ? {} : { network: { address: entry.address, type: '2' } }),
  };
  return [client, server, formatUser(entry)];
}

function formatUser(entry: ReadEntry): JsonObject {
  const { event, actor, person, purpose } = entry;
  return {
    type: concept(systems.participation, writings.has(event) ? 'AUT' : 'IRCP'),
    ...(actor.role === undefined ? {} : { role: [concept(systems.role, actor.role), ...formatDepartment(actor.department)] }),
    who: formatWho(entry),
    ...(actor.kind === 'staff' && person !== null ? { altId: actor.name ?? '' } : {}),
    requestor: true,
    ...(purpose === null ? {} : { purposeOfUse: [concept(systems.purpose, purpose)] }),
  };
}

function formatDepartment(department: string | null | undefined): JsonObject[] {
  return department === null || department === undefined ? [] : [{ text: department }];
}

function formatWho({ actor, person, subject, relation }: ReadEntry): JsonObject {
  switch (actor.kind) {
    case 'staff':
      return { type: 'Practitioner', identifier: { system: systems.person, value: person ?? actor.name ?? '' } };
    case 'patient':
      return formatPatient(subject, relation);
    case 'delegate':
      return {
        type: 'RelatedPerson',
        identifier: { system: systems.relation, value: actor.name ?? '' },
        display: 'a delegate of the patient',
      };
    default:
      return { display: 'somebody with a signature of the patient' };
  }
}

/** A patient by her reference at this organisation; where only the relation is known, by that. */
export function formatPatient(subject: string | null, relation: string | null): JsonObject {
  const identifier = subject === null ? { system: systems.relation, value: relation ?? '' } : { system: systems.patient, value: subject };
  return { type: 'Patient', identifier };
}
