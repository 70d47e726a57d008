import { appealTable } from './appeal-list';
import { claimEventTable } from './claim-events';
import { claimTable } from './claim-row';
import { consentHeadTable } from './consent-heads';
import { unitIndex } from './declared';
import { witnessedIndex } from './due-notices';
import { heldTable } from './held-releases';
import { patientStepTable } from './patient-steps';
import { signingKeyTable } from './signing-keys';

/** What is applied is applied again, from block 0 on. */
const refill =
  'DELETE FROM fact; DELETE FROM undecided; DELETE FROM undelivered; DELETE FROM junk_consent; DELETE FROM consent_head; DELETE FROM held; DELETE FROM patient_step; UPDATE checkpoint SET height = 0, time = 0';

/** All that is filled by applying blocks. */
export const forgetAll = `${refill}; DELETE FROM signing_key; DELETE FROM claim_row; DELETE FROM claim_term; DELETE FROM claim_event; DELETE FROM appeal_row`;

/** Of the read model, in the order in which they came. */
export const migrations = [
  `
CREATE TABLE checkpoint (only INTEGER PRIMARY KEY CHECK (only = 1), height INTEGER NOT NULL, configuration INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;
INSERT INTO checkpoint VALUES (1, 0, 0, 0);
CREATE TABLE fact (
  type TEXT NOT NULL,
  ref TEXT NOT NULL,
  id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  value TEXT NOT NULL,
  block INTEGER NOT NULL,
  position INTEGER NOT NULL,
  transaction_id TEXT NOT NULL,
  PRIMARY KEY (type, ref, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_ordinal ON fact (type, ref, ordinal);
CREATE INDEX fact_id ON fact (id) WHERE type = 'request';
CREATE INDEX fact_group ON fact (json_extract(value, '$.groupId')) WHERE type = 'record';
CREATE TABLE undecided (ref TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (ref, id)) STRICT, WITHOUT ROWID;
CREATE TABLE undelivered (ref TEXT NOT NULL, id TEXT NOT NULL, deadline TEXT NOT NULL, PRIMARY KEY (ref, id)) STRICT, WITHOUT ROWID;
CREATE TABLE junk_consent (ref TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (ref, version)) STRICT, WITHOUT ROWID;`,
  'ALTER TABLE checkpoint DROP COLUMN configuration',
  'DROP INDEX fact_group',
  // The new tables are filled from block 0 on, and what is kept now and was passed over before is found.
  `${consentHeadTable};
${heldTable}
${unitIndex}
DELETE FROM fact; DELETE FROM undecided; DELETE FROM undelivered; DELETE FROM junk_consent; UPDATE checkpoint SET height = 0, time = 0;`,
  `${patientStepTable};
DELETE FROM fact; DELETE FROM undecided; DELETE FROM undelivered; DELETE FROM junk_consent; DELETE FROM consent_head; DELETE FROM held;
UPDATE checkpoint SET height = 0, time = 0;`,
  // Delegations, what delegates signed and patients' statuses were passed over before.
  refill,
  `${signingKeyTable};
${refill}`,
  // Witnesses, notices and ends were passed over before.
  `${witnessedIndex} ${refill}; DELETE FROM signing_key`,
  // Plans, coverages, claims and appeals were passed over before.
  `${claimTable} ${appealTable} CREATE INDEX fact_coverage ON fact (id) WHERE type = 'coverage'; ${refill}`,
  // Claims are found by what their bodies hold, too: they are listed anew.
  `${claimTable} ${refill}; DELETE FROM signing_key; DELETE FROM appeal_row`,
  // The steps of claims were passed over before.
  `${claimEventTable} ${forgetAll}`,
];
