import { parseSigned, type ConsentEntry, type RelationEntry, type Signed } from '../model';
import { isConsentSigned } from './is-consent-signed';

/** The signed statement of a stored version; undefined when the entry carries none that is valid for its place in the chain. */
export function trustConsent(entry: ConsentEntry, relation: RelationEntry): Signed<'consent'> | undefined {
  let signed: Signed<'consent'>;
  try {
    signed = parseSigned('consent', entry.jws, 'consent');
  } catch {
    return undefined;
  }
  return signed.payload.version === entry.version && isConsentSigned(signed, relation) ? signed : undefined;
}
