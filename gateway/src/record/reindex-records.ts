import { parseUtf8, recordRef, type MspId, type RecordAnchor, type RecordDetails } from '@medaccord/chaincode/model';
import { decryptPart, parseBase64url } from '../crypto';
import { identifierTokensOf } from '../fhir/identifier-token';
import { parseLosslessJson } from '../fhir/json-reader';
import type { JsonObject } from '../fhir/json-value';
import type { SealedReader } from '../sealed/sealed-reader';
import { extractSearchable } from '../search';
import type { ClinicalIndex, Facts, FindableRecord } from '../store';
import { openWrap, parseStored, placeWrap } from './stored-record';

/** Records opened at once. */
const batch = 8;

export interface ReindexOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly sealed: SealedReader;
  /** Told after each batch how many of those that were missing are indexed. */
  readonly onIndexed?: (done: number, of: number) => void;
}

/**
 * Fills the clinical index from the ledger: every record of a closed group of this organisation that the index does not know is opened from the
 * organisation's own collection. After a loss of the index this rebuilds it; otherwise it finds nothing to do.
 */
export async function reindexRecords(options: ReindexOptions): Promise<number> {
  const { mspId, facts, index } = options;
  const missing = facts.listMissingRecords(mspId, (recordId, version) => index.has(recordId, version));
  await indexAnchors(options, missing);
  return missing.length;
}

/** Opens the records of these anchors and adds those to the index that it does not know. */
export async function indexAnchors(
  { index, sealed, onIndexed }: Pick<ReindexOptions, 'index' | 'sealed' | 'onIndexed'>,
  anchors: readonly RecordAnchor[],
): Promise<void> {
  for (let start = 0; start < anchors.length; start += batch) {
    const opened = await Promise.all(anchors.slice(start, start + batch).map((anchor) => openAnchor(sealed, anchor)));
    index.add(opened.filter(({ record }) => !index.has(record.recordId, record.version)));
    onIndexed?.(start + opened.length, anchors.length);
  }
}

async function openAnchor(sealed: SealedReader, anchor: RecordAnchor): Promise<FindableRecord> {
  const { recordId, version, custodian, groupId } = anchor;
  const [envelope] = await sealed.read([recordRef(recordId, version)]);
  const { payload, details, wrap } = parseStored(envelope);
  const content = await openWrap(sealed, placeWrap(recordId, version), wrap);
  const key = parseBase64url(content.dataKey);
  const openPart = async (part: 'payload' | 'details', envelope: string): Promise<string> =>
    parseUtf8(await decryptPart(key, { recordId, version, custodian, salt: content.salts[part], part }, envelope)) ?? '';
  const detailsText = await openPart('details', details);
  const resource = parseLosslessJson(await openPart('payload', payload)) as JsonObject;
  const { category, type } = JSON.parse(detailsText) as RecordDetails;
  const shared = { recordId, version, groupId, subjectRef: content.subjectRef, salts: content.salts, details: detailsText };
  return {
    record: { ...shared, category: category, type, id: typeof resource['id'] === 'string' ? resource['id'] : '' },
    findable: { identifiers: identifierTokensOf(resource), searchable: extractSearchable(resource) },
  };
}
