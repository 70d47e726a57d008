import {
  confidentialityOf,
  type AxisName,
  type Category,
  type ConsentDocument,
  type ConsentSet,
  type Instant,
  type Obligation,
  type Period,
  type Purpose,
} from '@medaccord/chaincode/model';
import type { NoticeReason } from '../release/openings';
import { axesIn, listRecipients, personOf, purposesIn, type PreviewRecipient } from './preview-recipients';
import { rule, type RuledRecord, type Ruling, type Standing } from './standing';

/** How often one preview runs the rule at most, counted in classes of records that the consents do not tell apart. */
const MOST_RULINGS = 50_000;
const MOST_RECIPIENTS = 100;

/** A consent that is not signed yet. */
export interface Draft {
  readonly sets: readonly ConsentSet[];
  readonly validity: Period | null;
  /** Those that the consents name and those that the consortium's rules know, unless some are given. */
  readonly purposes?: readonly Purpose[];
}

export interface PreviewQuestion {
  /** What stands now. */
  readonly standing: Standing;
  readonly draft: Draft;
  /** The patient's records at the custodian. */
  readonly records: readonly (RuledRecord & { readonly version: number })[];
  readonly now: Instant;
}

export interface Preview {
  readonly records: readonly { readonly recordId: string; readonly version: number; readonly category: Category; readonly type: string }[];
  readonly views: readonly PreviewView[];
  /** Combinations of names that the consents can tell apart and that are not among the views. */
  readonly omitted: number;
}

/** What one recipient would see for one purpose, and sees now. */
export interface PreviewView {
  readonly recipient: PreviewRecipient;
  readonly purpose: Purpose;
  /** Numbers of records: permitted by the draft, permitted now, permitted by the draft alone, permitted now alone. */
  readonly counts: { readonly draft: number; readonly now: number; readonly gained: number; readonly lost: number };
  readonly groups: readonly PreviewGroup[];
}

/** Records of one category of which draft and present consent say the same. */
export interface PreviewGroup {
  readonly category: Category;
  readonly draft: NoticeReason;
  readonly now: NoticeReason;
  /** With the draft. */
  readonly obligations: readonly Obligation[];
  readonly records: readonly string[];
}

/** Records that no axis in the consents can tell apart, with one that stands for all. */
interface RecordClass {
  readonly example: RuledRecord;
  readonly ids: readonly string[];
}

/**
 * Runs a draft over the patient's own records for everybody whom draft or present consent can tell apart, and for each purpose: what would be
 * released and why not, beside what is released now. Pure. The draft is asked as if it were signed and recorded as the next version at `now`.
 */
export function previewConsent({ standing, draft, records, now }: PreviewQuestion): Preview {
  const sets = [...draft.sets, ...(standing.document?.sets ?? [])];
  const purposes = draft.purposes ?? [...new Set([...purposesIn(sets), ...standing.rules.purposes])];
  const classes = classify(records, axesIn(sets));
  const most = Math.floor(MOST_RULINGS / Math.max(1, 2 * purposes.length * classes.length));
  const { recipients, omitted } = listRecipients(sets, Math.min(MOST_RECIPIENTS, Math.max(2, most)));
  const next = standingOf(standing, draft);
  const views = recipients.flatMap((recipient) => {
    const person = personOf(recipient, sets);
    return purposes.map((purpose) => {
      const asked = { purpose, person };
      const found = classes.map(({ example, ids }) => ({
        ids,
        category: example.category,
        draft: rule(next, asked, example, now),
        now: rule(standing, asked, example, now),
      }));
      return { recipient, purpose, counts: countOf(found), groups: groupOf(found) };
    });
  });
  const named = records.map(({ recordId, version, category, type }) => ({ recordId, version, category, type }));
  return { records: named, views, omitted };
}

/** What would stand with the draft as the next version: it heals whatever others wrote over the present one. */
function standingOf(standing: Standing, { sets, validity }: Draft): Standing {
  const { relationRef } = standing.relation;
  const version = standing.consent.version + 1;
  const isClosed = standing.consent.status === 'closed';
  const document: ConsentDocument = { relationRef, version, salt: '' as ConsentDocument['salt'], sets };
  return {
    ...standing,
    consent: { relationRef, version, status: isClosed ? 'closed' : 'in-force', validity },
    document,
    withheld: [],
    against: standing.against === 'consent-invalid' ? undefined : standing.against,
  };
}

/** What each axis looks at in a record; those of who asks look at none. */
const seenBy: Partial<Readonly<Record<AxisName, (record: RuledRecord) => unknown>>> = {
  types: ({ type }) => type,
  codes: ({ codes }) => codes,
  records: ({ recordId }) => recordId,
  encounters: ({ encounter }) => encounter,
  authors: ({ authors }) => authors,
  labels: ({ labels }) => labels,
  dataPeriod: ({ dates }) => dates,
};

function classify(records: readonly RuledRecord[], axes: ReadonlySet<AxisName>): readonly RecordClass[] {
  const looks = [...axes].flatMap((axis) => seenBy[axis] ?? []);
  const classes = new Map<string, { example: RuledRecord; ids: string[] }>();
  for (const record of records) {
    // Category and confidentiality count whatever the consents name.
    const seen = JSON.stringify([record.category, confidentialityOf(record.labels), ...looks.map((look) => look(record))]);
    const known = classes.get(seen);
    if (known === undefined) classes.set(seen, { example: record, ids: [record.recordId] });
    else known.ids.push(record.recordId);
  }
  return [...classes.values()];
}

interface Found {
  readonly ids: readonly string[];
  readonly category: Category;
  readonly draft: Ruling;
  readonly now: Ruling;
}

function countOf(found: readonly Found[]): PreviewView['counts'] {
  const count = (isCounted: (one: Found) => boolean): number => found.reduce((sum, one) => sum + (isCounted(one) ? one.ids.length : 0), 0);
  const isPermitted = ({ decision }: Ruling): boolean => decision === 'permit';
  return {
    draft: count(({ draft }) => isPermitted(draft)),
    now: count(({ now }) => isPermitted(now)),
    gained: count(({ draft, now }) => isPermitted(draft) && !isPermitted(now)),
    lost: count(({ draft, now }) => !isPermitted(draft) && isPermitted(now)),
  };
}

function groupOf(found: readonly Found[]): readonly PreviewGroup[] {
  const groups = new Map<string, PreviewGroup & { readonly records: string[] }>();
  for (const { ids, category, draft, now } of found) {
    const name = JSON.stringify([category, draft.reason, now.reason, draft.obligations]);
    const group = groups.get(name) ?? { category, draft: draft.reason, now: now.reason, obligations: draft.obligations, records: [] };
    groups.set(name, group);
    for (const id of ids) group.records.push(id);
  }
  return [...groups.values()];
}
