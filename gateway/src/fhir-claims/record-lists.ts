import type { NamedRecord } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { concept } from './elements';
import { names, systems } from './systems';

const kinds = {
  procedure: { numbers: 'procedureSequence', element: 'procedureReference' },
  diagnosis: { numbers: 'diagnosisSequence', element: 'diagnosisReference' },
  supportingInfo: { numbers: 'informationSequence', element: 'valueReference' },
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];

/** The records that the lines of a claim name, each once and numbered, in the list of FHIR's Claim that is for its type. */
export class RecordLists {
  private readonly found: Readonly<Record<Kind, NamedRecord[]>> = { procedure: [], diagnosis: [], supportingInfo: [] };

  /** The numbers of a line's records. Encounters stand at the line itself and have none. */
  add(records: readonly NamedRecord[]): JsonObject {
    const rows = kindNames.map((kind) => {
      const numbers = records.filter(({ type }) => kindOf(type) === kind).map((record) => this.numberOf(kind, record));
      return [kinds[kind].numbers, numbers] as const;
    });
    return Object.fromEntries(rows.filter(([, numbers]) => numbers.length > 0));
  }

  lists(): JsonObject {
    const rows = kindNames.map((kind) => [kind, this.found[kind].map((record, at) => formatRow(kind, record, at + 1))] as const);
    return Object.fromEntries(rows.filter(([, list]) => list.length > 0));
  }

  private numberOf(kind: Kind, record: NamedRecord): number {
    const list = this.found[kind];
    const at = list.findIndex(({ recordId, version }) => recordId === record.recordId && version === record.version);
    return at >= 0 ? at + 1 : list.push(record);
  }
}

function kindOf(type: string): Kind | undefined {
  if (type === 'Encounter') return undefined;
  if (type === 'Procedure') return 'procedure';
  return type === 'Condition' ? 'diagnosis' : 'supportingInfo';
}

function formatRow(kind: Kind, record: NamedRecord, sequence: number): JsonObject {
  return {
    sequence,
    ...(kind === 'supportingInfo' && { category: concept({ system: systems.information, code: 'info' }) }),
    [kinds[kind].element]: referenceTo(record),
  };
}

/** A record by its name on the ledger: FHIR ids are its hospital's own. */
export function referenceTo({ type, recordId, version }: NamedRecord): JsonObject {
  return { type, identifier: { system: names.record, value: recordId }, display: `version ${String(version)}` };
}
