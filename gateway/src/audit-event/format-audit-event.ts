import { outcomeOf } from '../audit';
import type { JsonObject } from '../fhir';
import { coding, concept, systems } from './code-systems';
import { eventCodes } from './event-codes';
import { formatAgents } from './format-agents';
import { formatEntities } from './format-entities';
import { formatEventId, type ReadEntry } from './read-entry';

export interface EventContext {
  readonly mspId: string;
  /** Where this FHIR service is. */
  readonly base: string;
}

const profiles = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
/** The patterns of IHE BALP by event; each has a name for what is about a patient and one for what is not. */
const patterns: Readonly<Partial<Record<ReadEntry['event'], readonly [ofPatient: string, other: string | undefined]>>> = {
  read: ['PatientRead', 'Read'],
  vread: ['PatientRead', 'Read'],
  search: ['PatientQuery', 'Query'],
  create: ['PatientCreate', 'Create'],
  update: ['PatientUpdate', 'Update'],
  delete: ['PatientDelete', 'Delete'],
};

/** An entry of the audit log as FHIR R4 tells it (auditevent.html), by the patterns of IHE BALP 1.1.3. */
export function formatAuditEvent(entry: ReadEntry, context: EventContext): JsonObject {
  const { at, event, action, status, code, purpose } = entry;
  const { type, subtype } = eventCodes[event];
  const isDenied = event === 'decision' && code === 'deny';
  const pattern = findPattern(entry);
  return {
    resourceType: 'AuditEvent',
    id: formatEventId(entry),
    meta: { versionId: '1', lastUpdated: at, ...(pattern === undefined ? {} : { profile: [`${profiles}${pattern}`] }) },
    type,
    subtype: [subtype],
    action,
    recorded: at,
    outcome: isDenied ? '4' : outcomeOf(status),
    ...(code === null ? {} : { outcomeDesc: code }),
    ...(purpose === null ? {} : { purposeOfEvent: [concept(systems.purpose, purpose)] }),
    agent: formatAgents(entry, context),
    source: {
      observer: { identifier: { system: systems.member, value: context.mspId } },
      type: [coding(systems.source, event === 'decision' ? '6' : '4')],
    },
    entity: formatEntities(entry),
  };
}

/** The pattern that an event fulfils: those of interactions are of successful ones, by a caller with an address, about one resource. */
function findPattern({ event, status, subject, records, address }: ReadEntry): string | undefined {
  const [ofPatient, other] = patterns[event] ?? [];
  const isWhole = event === 'search' || records.length > 0;
  if (status >= 400 || address === null || !isWhole) return undefined;
  return subject === null ? other : ofPatient;
}
