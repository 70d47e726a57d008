import { withoutVersion } from '../audit';
import type { JsonObject } from '../fhir';
import { coding, systems } from './code-systems';
import { formatPatient } from './format-agents';
import type { ReadEntry } from './read-entry';

const person = coding(systems.entity, '1');
const object = coding(systems.entity, '2');
/** What has a name of ours alone: records of others, accounts, registered applications. */
const own = /^(urn:medaccord:(?:record|account|client)):(.*)$/;

/** The request, the patient, the relation whose consent counts, the records and the search (IHE BALP). */
export function formatEntities({ request, subject, relation, records, event, query }: ReadEntry): JsonObject[] {
  const isAboutSomebody = subject !== null || relation !== null;
  return [
    { what: { identifier: { value: request } }, type: coding(systems.balpEntity, 'XrequestId') },
    ...(isAboutSomebody ? [{ what: formatPatient(subject, relation), type: person, role: coding(systems.entityRole, '1') }] : []),
    ...(relation === null
      ? []
      : [
          {
            what: { type: 'Consent', identifier: { system: systems.relation, value: relation } },
            type: coding(systems.resource, 'Consent'),
          },
        ]),
    ...listNamed(records).map((record) => ({ what: formatRecord(record), type: object, role: coding(systems.entityRole, '4') })),
    ...(event === 'search'
      ? [{ type: object, role: coding(systems.entityRole, '24'), query: Buffer.from(query ?? '').toString('base64') }]
      : []),
  ];
}

/** Each record once: with its version, where it was answered. */
function listNamed(records: readonly string[]): readonly string[] {
  const answered = new Set(records.filter((one) => one.includes('/_history/')).map(withoutVersion));
  return records.filter((one) => one.includes('/_history/') || !answered.has(one));
}

function formatRecord(record: string): JsonObject {
  const [, system, value] = own.exec(record) ?? [];
  return system === undefined || value === undefined ? { reference: record } : { identifier: { system, value } };
}
