import type { MspId } from '@medaccord/chaincode/model';
import type { Caller } from '../../auth';
import { limitHeld, newPatientReach, ResourceReader, type Held } from '../../fhir-rest';
import { newError } from '../../problem';
import type { RecordReader } from '../../record/record-reader';
import type { Store } from '../../store';

/** What of the organisation's own records a caller reads, and what reads it. */
export interface View {
  readonly held: Held;
  readonly reader: ResourceReader;
}

export type ViewOf = (caller: Caller) => View;

export interface ViewOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly records: RecordReader;
}

/** The one place where the reach of staff is kept to: routes read the organisation's records through what this gives, and through nothing else. */
export function newViewOf({ mspId, store, records }: ViewOptions): ViewOf {
  const whole: View = { held: store, reader: new ResourceReader({ mspId, store, records }) };
  return (caller) => {
    if (caller.kind !== 'staff') throw newError('TOKEN_MISSING', 'This needs a staff token');
    if (caller.reach === null) return whole;
    const held = limitHeld(store, newPatientReach(store, { mspId, departments: caller.reach }));
    return { held, reader: new ResourceReader({ mspId, store: { index: held.index, facts: store.facts }, records }) };
  };
}
