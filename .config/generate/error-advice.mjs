// Why each error happens and what to do about it: [why, what to do]. A code without a row here, or a row without a code, fails the generation.
export const advice = {
  // Chaincode
  REQUEST_INVALID: [
    'The request does not have the shape its transaction or route asks for; the place is named.',
    'Correct the field that is named.',
  ],
  TRANSACTION_UNKNOWN: [
    'The contract has no transaction of this name.',
    'Compare with the API snapshot; after an upgrade, update the client.',
  ],
  TRANSIENT_INPUT_MISSING: [
    'The transaction takes part of its input in transient data, and it is not there.',
    'Send the transient field that is named, to the organisations the transaction names.',
  ],
  SIGNATURE_INVALID: [
    "A patient's signature does not verify with the key it must be made with.",
    'Sign again with the key of this relation or patient.',
  ],
  KEYS_NOT_DISTINCT: ['Signing, sealing and recovery must be different keys.', 'Derive three keys.'],
  COMMITMENT_MISMATCH: [
    'An opening or a sealed value is not the one that was committed to.',
    'Send the value and salt that were committed to; if they were, the sender was given something else.',
  ],
  CALLER_NOT_ALLOWED: [
    "The caller's certificate does not carry a role that may do this.",
    'Use an identity with one of the roles the transaction states.',
  ],
  CALLER_NOT_CUSTODIAN: ['Only the custodian may do this.', "Send it through the custodian's gateway."],
  CALLER_NOT_REQUESTER: ['Only the organisation that made the request may do this.', "Send it through the requester's gateway."],
  PEER_NOT_OWN: ["Sealed values are read from the caller's own organisation only.", 'Evaluate on a peer of your organisation.'],
  RULES_NOT_ADOPTED: ['The consortium has no rules yet.', 'Let the deployment finish: it runs AdoptRules.'],
  RULES_ALREADY_ADOPTED: [
    'This version of the consortium rules stands, with other content.',
    'Propose the change as the version after the one in force (`rules CHANGE`).',
  ],
  RULES_VERSION_SKIPPED: ['The version is not the one after that in force.', 'Propose the change anew (`rules CHANGE`).'],
  RULES_NOT_APPROVED: [
    'Fewer than a majority of the members have approved exactly this version; approvals of another content or version do not count.',
    'Let other members `rules approve` the same file; `rules show FILE` says who has.',
  ],
  RULES_VOTE_NOT_COUNTED: [
    'The rules in force do not name the member, or suspend it.',
    'Members that they name and do not suspend approve the change.',
  ],
  RULES_NOT_FOUND: ['The consortium rules have no such version.', 'Ask for one up to the version in force.'],
  ORGANISATION_NOT_FOUND: [
    'The organisation has not registered its keys on the ledger.',
    'Start its gateway: registering is the first thing it does.',
  ],
  ORGANISATION_NOT_ACTIVE: [
    'The organisation is suspended by the consortium rules, or has withdrawn.',
    'See `rules show`; a majority of the members reinstates it.',
  ],
  PATIENT_NOT_FOUND: ['No patient is registered under this reference.', 'Register the patient, or check the reference.'],
  PATIENT_ALREADY_REGISTERED: ['This reference stands for a patient already.', 'Make a new wallet; references are random.'],
  PATIENT_STATEMENT_OUTDATED: [
    'The statement follows another one than the latest about this patient, or is of another patient.',
    'Read the patient (`GET /api/patients/{subjectRef}`) and sign again.',
  ],
  STATEMENT_NOT_FRESH: [
    "A member's statement about a patient must be signed when it is sent, ten minutes before at most.",
    "Call the route again; if it stays, set the gateway's clock.",
  ],
  HOLD_ALREADY_PLACED: ['The patient is under a hold.', 'Nothing to do: the hold stands.'],
  HOLD_NOT_PLACED: ['A recovery and a veto need a hold, and there is none.', 'Place the hold first; for a veto there is nothing to do.'],
  RECOVERY_ALREADY_OPEN: ['One recovery of this patient is open.', 'Complete it, or let the patient veto it.'],
  RECOVERY_NOT_OPEN: ['No recovery of this patient is open: none was opened, or a veto ended it.', 'Open one under a hold.'],
  RECOVERY_NOT_APPROVED: [
    'Too few guardians, and no authority, have approved the recovery.',
    "Let the missing guardians, or an authority's registrar, approve it.",
  ],
  RECOVERY_NOT_DUE: ['The delay in which the patient may veto is not over.', 'Complete the recovery after the time that is named.'],
  APPROVER_NOT_NAMED: [
    'The approval is of nobody whom the patient named, nor of an authority other than the custodian.',
    'Approve with the key that the patient named, or at the gateway of an authority.',
  ],
  RECOVERY_UNKNOWN: [
    'No recovery of this patient is open at this gateway.',
    'Wait for the gateway to follow, or let the custodian open one.',
  ],
  RECOVERY_DELAY_SHORT: [
    "The custodian's opening takes effect sooner than the rules allow: its chaincode or clock deviates.",
    'Do not approve; ask the custodian and the other members.',
  ],
  PATIENT_KEYS_OUTDATED: ['The replacement does not follow the current statement.', 'Read the current statement and sign again.'],
  PATIENT_HISTORY_BROKEN: [
    "The chain of the patient's keys does not hold: a replacement is not signed by the keys before it.",
    'Do not trust the entry; have members compare their ledgers.',
  ],
  RELATION_NOT_FOUND: ['No relation has this reference.', 'Check in first, or check the reference.'],
  RELATION_ALREADY_REGISTERED: ['This reference stands for a relation already.', 'Make a new relation; references are random.'],
  RELATION_CLOSED: ['The patient has closed the relation.', 'She makes a new one by checking in again.'],
  RELATION_INVALID: [
    "The relation's entry does not carry the patient's valid signature.",
    'Do not trust the entry; have members compare their ledgers.',
  ],
  BINDING_INVALID: [
    "The binding does not tie this relation to the patient's registered key.",
    'Deliver the binding that the relation commits to.',
  ],
  CONSENT_NOT_FOUND: ['The relation has no such consent version.', 'Read the chain of consents.'],
  CONSENT_VERSION_TAKEN: ['This version exists already.', 'Read the chain and sign the next version.'],
  CONSENT_VERSION_SKIPPED: ['The version before it does not exist.', 'Sign the version that follows the newest.'],
  CONSENT_NOT_CURRENT: ['A newer consent version exists.', 'Decide by the newest one.'],
  CONSENT_INVALID: ["The consent's entry does not carry the patient's valid signature.", 'The patient signs the next version.'],
  CONSENT_SUBMITTED_LATE: ['It was submitted after the time that the patient set for submitting.', 'Sign again.'],
  DELEGATION_NUMBER_TAKEN: ['This number of the chain of delegations exists already.', 'Read the chain and sign the next number.'],
  DELEGATION_NUMBER_SKIPPED: ['The number before it does not exist.', 'Sign the number that follows the newest.'],
  DELEGATION_INVALID: [
    'The delegation says what none may say, ends what is not there, or came too late; the problem is named.',
    'Correct what is named and sign again.',
  ],
  DELEGATE_NOT_ALLOWED: [
    'The delegation is not there, not valid at this time, ended, or does not hold the power.',
    'The patient decides herself, or delegates anew.',
  ],
  PATIENT_STATUS_INVALID: [
    'The status changes nothing, has a number that does not follow, came too late, or is brought by somebody else; the problem is named.',
    "Read the patient's statuses and sign the next one.",
  ],
  GROUP_NOT_FOUND: ['No such group of records is on the ledger.', 'Check the id of the import.'],
  GROUP_NOT_OPEN: ['The group is closed or abandoned.', 'Import again: it makes a new group.'],
  GROUP_NOT_CLOSED: ['The records of an open group do not count.', 'Wait until the import has finished.'],
  GROUP_NOT_ABANDONED: ['Records are deleted of abandoned groups only.', 'Abandon the group first.'],
  GROUP_SIZE_WRONG: ['The size given is not the number of records in the group.', 'Give the number of records.'],
  RECORD_NOT_FOUND: ['No such record version is anchored.', 'Check id and version.'],
  RECORD_NOT_STORED: ['The custodian does not hold the record that the anchor names.', 'Store the record first; both go by the same ids.'],
  RECORD_ALREADY_ANCHORED: ['The record version has an anchor, which is never overwritten.', 'Anchor the next version.'],
  RECORD_NOT_OF_SUBJECT: ['The record is about another patient than the relation.', 'Leave it out; the custodian looks why it was chosen.'],
  RECORD_NOT_ASKED: [
    'A decision opens a record of a category that the request does not name.',
    'Release what was asked for, nothing else.',
  ],
  RECORD_NOT_OF_CLAIM: [
    'For payment by a claim only those records are released that a line of it names and whose type the plan asks for on that line.',
    'Leave the record out; if the plan needs it, let the hospital correct the claim so that the line names it.',
  ],
  RECORD_WITHDRAWN: ['The custodian marked the record as entered in error.', 'Leave it out.'],
  REQUEST_NOT_FOUND: ['No such request is under this relation.', 'Check the references.'],
  REQUEST_ALREADY_MADE: ['The request id is taken by a request with other content.', 'Use a new Idempotency-Key.'],
  REQUEST_ALREADY_DECIDED: ['The request has its decision.', 'Read the decision; ask again with a new request.'],
  REQUEST_NOT_OF_PARTY: [
    'The request was made by an organisation outside the relation and is refused already.',
    'Nothing is to be decided.',
  ],
  RELEASE_NOT_PERMITTED: [
    'The rule does not permit every record of the decision.',
    'Decide by the rule: refuse, or leave out what is not permitted.',
  ],
  DECISION_NOT_FOUND: ['The request has no decision yet.', 'Wait for it.'],
  DECISION_NOT_RELEASED: ['The decision is a refusal.', 'Deliver nothing.'],
  DECISION_EXPIRED: ["The decision's deadline for delivering has passed.", 'Ask again.'],
  DELIVERY_NOT_FOUND: ['The delivery or this part of it is not on the ledger.', 'Wait for it.'],
  DELIVERY_ALREADY_MADE: ['This part was delivered; each is delivered once.', 'Read the one that was delivered.'],
  BREAK_GLASS_NOT_ADOPTED: [
    'The consortium rules have no section on emergencies.',
    'Ask for treatment with consent; the consortium adopts such rules.',
  ],
  BREAK_GLASS_BLOCKED: [
    'The department declared an emergency whose review is overdue.',
    'Have an auditor of another organisation review it; the details name the request.',
  ],
  BREAK_GLASS_TOO_MANY: [
    'As many declarations of the department wait for review as the rules allow.',
    'Have auditors of other organisations review some.',
  ],
  BREAK_GLASS_NOT_DECLARED: ['The request is an ordinary one.', 'Only declared emergencies are reviewed.'],
  ASSISTED_WITNESS_NEEDED: [
    'What a card signs was brought without its witness: by a signature alone, at another member, or by somebody who is no registrar.',
    "Have a registrar at the custodian's desk hand it in: POST /api/assisted/relations or /api/assisted/consents.",
  ],
  ASSISTED_TOO_EARLY: [
    "The consent of a card has no validity, or one that begins within the rules' `assistedHours`.",
    'Sign it again with a validity that begins no earlier than the time that is named.',
  ],
  RELATION_NOT_ASSISTED: [
    'The relation was made with the keys of a wallet, not with a card.',
    'The patient revokes or consents with her wallet; nobody does so for her.',
  ],
  NOTICE_NOT_DUE: [
    'The version permits nothing, or the custodian does not attest to its witness.',
    'Give notice of the newest version in force; if it was recorded otherwise, sign the next one at the desk.',
  ],
  NOTICE_BY_WITNESS: ['Who gives the notice saw the card sign.', 'Let another person of the custodian tell the patient, and record it.'],
  NOTICE_ALREADY_RECORDED: [
    'Another person, or by another way, told the patient of this version already.',
    'Nothing: the notice that stands counts.',
  ],
  END_ALREADY_RECORDED: ['The id of the end was used for another one.', 'Send it again with a new Idempotency-Key.'],
  REVIEWER_NOT_INDEPENDENT: ['The reviewer is of the organisation that declared.', 'Have an auditor of another organisation review it.'],
  REVIEW_NOT_FOUND: ['Nobody has reviewed this yet.', 'Review it.'],
  REVIEW_ALREADY_MADE: ['Somebody reviewed it with another outcome, or of another organisation.', 'Read the review that stands.'],
  PURPOSE_NOT_OF_ROLE: [
    'Each purpose has its people: treatment physicians and nurses, payment insurer clerks, research researchers, public health its officers; the rest is for physicians.',
    'Let a person with the role that is named ask.',
  ],
  REFERRAL_NOT_FOUND: [
    'The relation has no referral under this id, or one that its custodian does not attest to.',
    'Have the custodian refer, and name the id that its gateway answers.',
  ],
  REFERRAL_ALREADY_MADE: ['The referral id is taken by another referral.', 'Use a new Idempotency-Key.'],
  CALLER_NOT_AUTHORITY: [
    'Studies are approved by members that the consortium rules name as an authority and do not suspend.',
    'Ask an authority to approve the study.',
  ],
  STUDY_NOT_FOUND: [
    'No study has this id, or the authority that it names does not attest to it.',
    'Compare the id with the list of studies.',
  ],
  STUDY_ALREADY_APPROVED: [
    'The study id is taken by a study with other content; an approval is never changed.',
    'Approve the changed study anew, and end the old one.',
  ],
  STUDY_NOT_OWN: ['Only the authority that approved a study ends it.', 'Ask that authority.'],
  RECEIPT_INVALID: [
    "The custodian's receipt has another signer, or says something else than the decision.",
    'Sign the receipt of this very decision with the key that stands in the entry of the organisation.',
  ],
  RELEASE_ENDED: [
    'The patient ended this release, or its time is over: its copies are deleted and nothing is handed out or passed on.',
    'Ask again if you still need the records; she decides.',
  ],
  DELETION_NOT_DUE: [
    'What the deletion receipt names did not end this release.',
    'Name the version of the consent that did; see the history.',
  ],
  DELETION_ALREADY_MADE: ['The deletion of this copy is on the ledger with another receipt.', 'Nothing to do.'],
  REDISCLOSURE_NOT_FOUND: ['The release has no redisclosure with this id.', 'Check the id.'],
  REDISCLOSURE_ALREADY_MADE: ['Another redisclosure stands under this id.', 'Use a new Idempotency-Key.'],
  REDISCLOSURE_FORBIDDEN: [
    'The record carries the obligation NORDSCLCD.',
    'Leave the record out, or have the patient consent to the other recipient herself.',
  ],
  CALLER_NOT_INSURER: [
    'The member is no insurer by the consortium rules, is suspended, or is not the counterparty of this relation.',
    'Let the insurer of the relation do it.',
  ],
  PLAN_NOT_FOUND: [
    'No such version of the plan stands, or its insurer does not attest to it.',
    'Compare plan and version with the list of plans.',
  ],
  PLAN_VERSION_TAKEN: [
    'The version is published with other content, or others wrote in its place; a version is never changed.',
    'Publish the changed plan as the next version.',
  ],
  PLAN_VERSION_SKIPPED: ['Versions of a plan have no gap, and the one before is missing.', 'Publish the version before first.'],
  COVERAGE_NOT_FOUND: [
    'The relation has no such coverage, or no version of it counts: attested by the insurer, on terms that the patient signed.',
    'Compare the id; if the patient has not signed the offer yet, let her wallet do so.',
  ],
  COVERAGE_VERSION_TAKEN: [
    'The version stands with another status or other terms, or others wrote in its place.',
    'Read the coverage, and record the next version.',
  ],
  COVERAGE_VERSION_SKIPPED: [
    'Versions of a coverage have no gap, and the one before is missing.',
    'Read the coverage, and record the version after the newest.',
  ],
  COVERAGE_ENDED: [
    'A version of this coverage says that it has ended, and no version follows that.',
    'Offer the patient another coverage.',
  ],
  COVERAGE_TERMS_OUTDATED: [
    'The statement is neither that of the version before nor one that the patient signed for this version.',
    'To keep the terms, send the statement of the version before; to change them, let the patient sign them for this version.',
  ],
  CLAIM_NOT_FOUND: [
    "The relation has no such claim, or the hospital's own sealed copy of it does not stand.",
    'Compare relation and claim id.',
  ],
  ADJUDICATION_NOT_FOUND: ['The claim was not adjudicated so often.', 'Read the claim, and name an adjudication of its.'],
  CLAIM_ALREADY_MADE: ['Another claim, or something that others wrote, stands under this id.', 'Use a new Idempotency-Key.'],
  CLAIM_NOT_REPLACEABLE: [
    'A correction or reversal names a claim that was taken back already, takes another back, or is of another use or coverage; the problem is named.',
    'Read the claim, and correct the one that stands.',
  ],
  CLAIM_NOT_OPEN: [
    'The claim is adjudicated, was returned, or a later one takes its place; the status is named.',
    'Read the claim; what the hospital corrected is adjudicated under its new id.',
  ],
  CLAIM_TAG_WRONG: [
    "A line's tag is not that of its service and day, or its record was not anchored under this salt for this patient.",
    'Return the claim with tag-mismatch; the hospital corrects it.',
  ],
  COVERAGE_NOT_CURRENT: ['A later version of the coverage was recorded.', 'Read the coverage, and adjudicate by its newest version.'],
  PLAN_NOT_CURRENT: [
    'A claim is decided by the newest version of the plan that was published when it came and whose days hold its first service.',
    'Adjudicate by that version.',
  ],
  ADJUDICATION_NOT_NEXT: [
    'Another adjudication of the coverage, or of the claim, came first.',
    'Read claim and accumulators, and adjudicate again from there.',
  ],
  ADJUDICATION_INVALID: [
    'The document does not say what rule, claim and ledger say; the problem is named.',
    'Make the document anew; what a person pays beside the rule is an override.',
  ],
  ADJUDICATION_NEEDS_PERSON: [
    "Decisions on lines and payments beside the rule are a person's, who is named and signs in as a clerk of the insurer.",
    'Let a clerk decide the claim.',
  ],
  ADJUDICATION_NOT_PROPOSED: ['The adjudication is final, or another one stands.', 'Read the claim.'],
  ADJUDICATION_BY_SAME_PERSON: [
    'Who decided a claim above the limit of the rules cannot agree to it as well.',
    'Let a colleague confirm it.',
  ],
  APPEAL_NOT_FOUND: [
    'No appeal of this number counts: signed by the patient, or attested by the hospital.',
    'Read the appeals of the claim.',
  ],
  APPEAL_NUMBER_TAKEN: [
    'The number is taken by another appeal, or by what others wrote in its place.',
    'Read the appeals of the claim, and appeal under the next number; the patient signs that anew.',
  ],
  APPEAL_NUMBER_SKIPPED: [
    'Appeals of a claim have no gap, and the one before is missing.',
    'Read the appeals of the claim, and take the next number.',
  ],
  APPEAL_NOT_OPEN: [
    'An appeal is against the final adjudication that stands, once by each of hospital and patient, to the insurer first, in the time of the rules.',
    'The problem is named; after a new adjudication appeal against that one.',
  ],
  APPEAL_ALREADY_DECIDED: ['The appeal has a decision with other content, and a decision is never changed.', 'Read the appeal.'],
  APPEAL_BY_SAME_PERSON: ['The person decided the adjudication that is appealed against.', 'Let another clerk decide the appeal.'],
  SETTLEMENT_NOT_FOUND: ['Hospital and insurer have no statement of this number, or do not both attest to it.', 'Compare the number.'],
  SETTLEMENT_NOT_NEXT: [
    'The statement before is missing or unsigned, the new one names another as the one before, or others wrote under its number.',
    'Read the newest statement that both signed, and propose the one after it.',
  ],
  SETTLEMENT_ALREADY_SIGNED: [
    'The statement of this number is signed by both.',
    'Propose the next number; what was wrong is set right there.',
  ],
  SETTLEMENT_INVALID: [
    'A line does not settle the newest final adjudication of a claim of the two, or says another amount; the problem is named.',
    'Make the statement anew from the adjudications that stand.',
  ],
  PAYMENT_ALREADY_NOTIFIED: ['Another payment of this statement is on record.', 'Nothing to do: a statement is paid once.'],
  PAYMENT_NOT_FOUND: ['The insurer has notified no payment of this statement.', 'Wait for it, or ask the insurer.'],
  AUDIT_ROOT_ALREADY_ANCHORED: [
    'Another root of this audit log stands under the number.',
    'Nothing to do: the next root follows the one that stands. No two gateways share an audit log.',
  ],
  AUDIT_ROOT_NOT_NEXT: [
    'The read model is behind, or the audit log is an older copy than the one that was anchored.',
    'The agent asks again; if it stays so, bring back the newest `audit.sqlite`.',
  ],
  AUDIT_LOG_REWRITTEN: [
    'The audit log says something else, or less, than when its last root was anchored.',
    'Treat it as an incident; compare `audit.sqlite` with the backups.',
  ],
  AUDIT_ROOT_NOT_FOUND: ['The log has fewer roots, or belongs to another organisation.', 'Ask for an earlier number.'],
  SEALED_ALREADY_STORED: ['A sealed value stands under this key.', 'Nothing to do if it is the same; else it belongs under another id.'],
  STATE_INVALID: [
    'An entry of the ledger does not parse as what its key says.',
    'Two colluding members can write such an entry; have members compare their ledgers.',
  ],
  INTERNAL: ['A defect: something failed that nobody foresaw.', 'Report it with the request id; the log of that process has the cause.'],
  // Gateway
  REQUEST_NOT_JSON: ['The body is not JSON, or has a key twice.', 'Send one JSON value.'],
  REQUEST_TOO_LARGE: ['The body is larger than this route takes.', 'Send it in parts.'],
  REQUEST_HEAD_TOO_LARGE: ['The address and headers are larger than the server reads.', 'Put a search into the body (POST _search).'],
  REQUESTS_TOO_MANY: [
    'One caller has too many requests under way at once, or one address has written too often in a minute without a token.',
    'Wait as long as Retry-After says; an operator can raise MEDACCORD_MAX_PER_CALLER or MEDACCORD_OPEN_WRITES_PER_MINUTE.',
  ],
  REQUEST_TOO_SLOW: [
    'The head took longer than 20 s to arrive, or the body longer than MEDACCORD_BODY_WITHIN_MS.',
    'Send it faster, or in parts.',
  ],
  MEDIA_TYPE_UNSUPPORTED: ['The Content-Type is not one this route takes.', 'Use application/json, or application/fhir+json for bundles.'],
  ROUTE_NOT_FOUND: ['No route has this path.', 'See /api/openapi.json.'],
  METHOD_NOT_ALLOWED: ['The path exists, not with this method.', 'See /api/openapi.json.'],
  IDEMPOTENCY_KEY_REQUIRED: [
    'Writing routes need an Idempotency-Key, so that a repeat is harmless.',
    'Send a random key, and the same one when you repeat the request.',
  ],
  IDEMPOTENCY_KEY_REUSED: ['The key stands for a request with other content.', 'Use a new key for a new request.'],
  IDEMPOTENCY_KEY_BUSY: ['The first request with this key is still running.', 'Repeat it a little later.'],
  TOKEN_MISSING: ['The route asks for a bearer token.', 'Send Authorization: Bearer with a staff or wallet token.'],
  ISSUER_UNAVAILABLE: [
    'The external issuer that gave the token does not answer, or not as OpenID Connect Discovery has it, and its keys are not known.',
    'Ask again when Retry-After says; tell who runs the issuer, or compare its address with the document of MEDACCORD_ISSUERS.',
  ],
  TOKEN_INVALID: [
    'The token is not signed by a key that counts here, or is for somebody else.',
    'Make a token at this organisation; a wallet token names the organisation it is for.',
  ],
  TOKEN_EXPIRED: ['The token is past its time.', 'Make a new one.'],
  ROLE_NOT_ALLOWED: ['The token is valid; its role may not do this.', 'Use a role that the route states in /api/openapi.json.'],
  SCOPE_NOT_ENOUGH: [
    'The role may do this, the scopes of the token do not reach that far.',
    'Let the application ask for the scope that the detail names; an operator registers it for the client.',
  ],
  SIGN_IN_REFUSED: [
    'Name, password, code, passkey or invitation was wrong; which of them is never told.',
    'Try again; an operator can reset the account.',
  ],
  SIGN_IN_PAUSED: ['Too many wrong attempts by this account or address, or too many people at once.', 'Wait as long as Retry-After says.'],
  PASSWORD_WEAK: ['The password is too short, holds the name of the account, or repeats a few characters.', 'Choose a longer phrase.'],
  ACCOUNT_EXISTS: ['The name was given to somebody, now or earlier.', 'Choose another; a name is never given twice.'],
  CLIENT_EXISTS: ['A client of that id is registered.', 'Remove it first, or choose another id.'],
  NOT_THE_INSURER: ['Another organisation is the insurer of the relation.', "Use the insurer's gateway."],
  SETTLEMENT_EMPTY: ['Every final adjudication with this hospital, in this currency, is settled.', 'Nothing to do.'],
  SETTLEMENT_DIFFERS: [
    'Lines of the statement are not what this hospital worked out, or claims are missing; each is named, with its problems.',
    'Settle it with the insurer, who proposes the statement anew; where a document has not arrived, ask again.',
  ],
  PAYMENT_DIFFERS: [
    'The amount is not the total of the statement.',
    'Compare amount and statement; the payment stays as it is until they agree.',
  ],
  NOT_THE_CUSTODIAN: ['Another organisation is the custodian.', "Use the custodian's gateway."],
  PATIENT_UNKNOWN: ['No such patient is registered with this custodian.', 'Register the patient, or check the reference.'],
  RELATION_UNKNOWN: ['No such relation is on the ledger.', 'Check in first, or check the reference.'],
  DELEGATION_NOT_READY: [
    'What is withheld from the delegate has not arrived at the custodian, so nothing is shown.',
    'Ask again; bring the delegation with its opening if it never arrived.',
  ],
  PATIENT_DECEASED: [
    "The custodian has recorded the patient's death.",
    'If that is an error, custodian and authority correct it together.',
  ],
  RESOURCE_NOT_FOUND: ['It does not exist, or the caller may not know that it does.', 'Check the reference.'],
  RELEASE_REFUSED: ['The request was refused.', 'The patient sees the reason; ask her.'],
  RECEIPT_MISSING: [
    "The decision stands on the ledger without a valid receipt of its custodian: it is not the custodian's own.",
    'Report it to the custodian and ask again; members compare the endorsements of that transaction.',
  ],
  RELEASE_NOT_READY: ['There is no complete delivery yet.', 'Ask again a little later.'],
  IMPORT_CUT_OFF: [
    'The import stopped in the middle; its group is abandoned and nothing of it is visible.',
    'Send it again with the same Idempotency-Key.',
  ],
  RECORD_BUSY: ['Another import changes the same resource at this moment.', 'Send it again.'],
  DECRYPT_FAILED: [
    'The content could not be opened. Wrong key and changed content look the same.',
    "Compare with the anchor; if it persists, restore the custodian's private data.",
  ],
  CONTENT_NOT_ANCHORED: ['What was received is not what the ledger anchors.', 'Do not use it; tell the custodian.'],
  LEDGER_CONTENTION: [
    'Others changed the same facts at the same time, more often than the gateway retries.',
    'Send it again after Retry-After.',
  ],
  LEDGER_UNAVAILABLE: [
    'The ledger cannot be reached, or not enough organisations endorse.',
    'Send it again after Retry-After; see the status of the network.',
  ],
  LEDGER_OUTCOME_UNKNOWN: [
    'The transaction was submitted and its outcome is not known yet.',
    'Do not make a new one: repeat the request with the same Idempotency-Key, and the gateway resolves it.',
  ],
  LEDGER_REFUSED: [
    'The ledger committed the transaction as invalid, by an endorsement policy.',
    'An alarm: see the log and the explanation of the transaction.',
  ],
  LEDGER_UNKNOWN: ['The ledger answered something that is none of our codes.', 'See the log of the gateway and of the chaincode.'],
  OPERATION_CHANGED: ['An operation that was begun is repeated with other content.', 'Repeat it as it was, or use a new Idempotency-Key.'],
  MEDIA_TYPE_NOT_OFFERED: ['What Accept or _format asks for is not offered.', 'Accept application/fhir+json.'],
  RESOURCE_DELETED: ['The resource was deleted: its record is marked as entered in error.', 'Its versions stay readable at _history.'],
  FHIR_XML_INVALID: [
    'The body is not well-formed, has a document type, or an element or attribute that the FHIR definitions do not have.',
    'Correct what stands at the place that is named, or send application/fhir+json.',
  ],
  PATCH_INVALID: ['The body is JSON, not a JSON Patch (RFC 6902).', 'Send a list of operations with op and path; the place is named.'],
  PATCH_FAILED: [
    'An operation of the patch does not fit the resource: what it points at is not there, or its test is not true.',
    'Read the resource again and make the patch of what is there; the operation is named.',
  ],
  SEARCH_PARAMETER_UNKNOWN: [
    'With Prefer: handling=strict a search may hold only what is known; a parameter, modifier or value is not.',
    'Leave it out, or ask leniently: GET /fhir/metadata lists the parameters.',
  ],
  SEARCH_TOO_WIDE: [
    'So many resources fulfil the search that they cannot be counted, or put in the order that it asks for.',
    'Narrow it: by patient, by a date, or leave the order out.',
  ],
  READ_MODEL_STALE: [
    'The gateway does not know the newest state of the ledger, so it answers nothing.',
    'Send it again after Retry-After; see whether the peer is up.',
  ],
  HEIGHT_NOT_PROVEN: [
    'Fewer than two other members have confirmed, within the bound, that this gateway holds every block that they hold.',
    'Send it again after Retry-After; see whether the gateways of other members are up and reachable from this one.',
  ],
  BINDING_MISSING: [
    "The binding that ties the relation to the patient has not arrived at this organisation, or is not of the patient's registered key.",
    'Ask again a little later; if it stays so, check in anew.',
  ],
  NOT_READY: ['The gateway is starting.', 'Wait for /readyz.'],
  OVERLOADED: [
    'As many requests as the gateway takes on are under way, and as many wait for their turn; or one waited too long.',
    'Wait as long as Retry-After says, then send it again. If it lasts: add a gateway, or see what is slow.',
  ],
  ANSWER_TOO_LATE: [
    'The request took longer than MEDACCORD_ANSWER_WITHIN_MS. What it began is brought to its end.',
    'Repeat it with the same Idempotency-Key: the answer is the outcome, as soon as there is one.',
  ],
  DRAINING: ['The gateway is stopping.', 'Send it again after the restart.'],
  CA_UNAVAILABLE: ["The organisation's certificate authority does not answer.", 'Start it; then send the request again.'],
  CA_REFUSED: ['The certificate authority refused to certify a staff identity.', "Check the registrar's secret and rights."],
  STORE_UNAVAILABLE: ["The gateway's PostgreSQL database cannot be reached, or is stopping.", 'Repeat it with the same Idempotency-Key.'],
  AUDIT_UNAVAILABLE: [
    'The audit log cannot be written (its disk is full, its file gone or locked), so nothing about people is answered.',
    'Make room, or bring audit.sqlite back; see the audit reference.',
  ],
  STORE_CORRUPT: ["The gateway's database and its key do not belong together.", 'Restore both from the same backup.'],
  BUNDLE_NOT_JSON: ['The bundle is not JSON, has a key twice, or is nested too deeply; the place is named.', 'Correct the file.'],
  BUNDLE_INVALID: ['The bundle is not a FHIR R4 transaction; the place is named.', 'Correct the element.'],
  BUNDLE_NOT_SUPPORTED: ['The entry asks for something that an import does not do.', 'Use POST or PUT of a resource.'],
  BUNDLE_DUPLICATE: ['Two entries stand for one resource.', 'Keep one.'],
  BUNDLE_REFERENCE_UNRESOLVED: ['A link points to nothing in the bundle or at the organisation.', 'Send what it points to along.'],
  BUNDLE_CONDITION_AMBIGUOUS: ['A condition matches more than one resource.', 'Make it precise.'],
  BUNDLE_VERSION_OUTDATED: ['If-Match names a version that is not the newest.', 'Read the newest version first.'],
  BUNDLE_RESOURCE_DELETED: ['The resource that is to be replaced was deleted here; that is for good.', 'Create it under another id.'],
  BUNDLE_SUBJECT_MISSING: [
    'A resource of the Patient compartment comes without a subject, and nothing in it tells whose it is.',
    'Name the patient: POST /api/imports?subject=..., under /fhir the header Medaccord-Subject.',
  ],
  BUNDLE_SUBJECT_OTHER: ['A resource is about somebody else than the patient named.', 'Import one patient at a time.'],
  FHIR_INVALID: [
    'Resources are not valid FHIR R4, or not by a profile that they name; each issue names entry, element and rule.',
    'Correct the elements: docs/reference/fhir-validation.md. Nothing was stored.',
  ],
  // FHIR Consent
  FHIR_CLAIM_INVALID: ['The element is not what an adjudication needs.', 'Correct the element that is named.'],
  FHIR_CLAIM_NOT_SUPPORTED: [
    'The element could change what is paid, and the rule of adjudication does not look at it.',
    'Say it otherwise: as an item of its own, as a net amount, in whole units.',
  ],
  FHIR_CONSENT_INVALID: ['The element is not what FHIR R4 asks for.', 'Correct the element that is named.'],
  FHIR_CONSENT_NOT_SUPPORTED: [
    'The element says something that a consent here cannot, or that is not understood: nothing is left out in silence.',
    'Leave it out or say it otherwise: docs/reference/consent-fhir.md.',
  ],
  FHIR_CONSENT_NOT_IN_FORCE: ['The Consent is a draft, proposed, rejected or entered in error.', 'Bring the Consent once it is active.'],
  FHIR_CONSENT_OF_OTHERS: [
    'The Consent is of another patient, or for data at an organisation where she is not registered.',
    'Use the wallet of that patient.',
  ],
  FHIR_CONSENT_RECIPIENT_UNKNOWN: [
    'The Consent is for somebody with whom the patient has no relation.',
    'Check in there first, or leave that actor out.',
  ],
  FHIR_CONSENT_NOT_EXPRESSIBLE: [
    'FHIR R4 has no way to say this part of the document.',
    'Say it otherwise: docs/reference/consent-fhir.md; the document itself is as good as before.',
  ],
  // Network
  PROCESS_EXITED: ['A process ended by itself; its last lines are shown.', 'Read its log; the supervisor restarts it a few times.'],
  PROCESS_NOT_READY: ['A process did not become ready in time.', 'Read its log; is the machine overloaded?'],
  PROCESS_NOT_STARTED: ['The program could not be started.', 'Is it installed and built?'],
  PROCESS_INTERRUPTED: ['The start was interrupted.', 'Start again: it resumes.'],
  PROCESS_UNKNOWN: ['No process of the network has this name.', 'See status for the names.'],
  RELEASE_OTHER: [
    'The chaincode that would be deployed is of another version, or would get another sequence, than was asked for.',
    "Set the version in the chaincode's package.json; leave the sequence out.",
  ],
  PROCESS_HELD: ['The process is stopped while its data is copied.', 'Repeat the command when the backup is done.'],
  PROCESS_UNREACHABLE: ['A process that is up does not answer.', 'See its log.'],
  PORT_IN_USE: [
    'Another program listens on a port that the topology gives; it is named.',
    'Stop it, or change ports.base in the topology.',
  ],
  NETWORK_RUNNING: ['The network runs already; its process is named.', 'Use it, or stop it with down or Ctrl-C.'],
  NETWORK_NOT_RUNNING: ['No network runs from this folder.', 'Start it: npm start, or network.sh up.'],
  NETWORK_UNREACHABLE: ['The supervisor is up and does not answer.', 'See its log; down ends it.'],
  JOIN_IMPOSSIBLE: [
    'The topology differs from the running network in more than further organisations and orderers, each difference is named; or this machine is that of one member alone.',
    'Take the topology file of the running network and add organisations at its end; on machines of their own members sign `channel add-organisation`.',
  ],
  RELEASE_NOT_DEPLOYED: [
    'The chaincode was built anew since the members deployed it; a member that joins would run another one.',
    'Deploy it first.',
  ],
  RUN_FOLDER_FOREIGN: [
    'The run folder holds something that was not made by this network, or the nodes or keys of another member.',
    'Name another folder, or remove it yourself.',
  ],
  NOT_BUILT: ['The programs are not compiled.', 'Use the npm scripts: they build what is missing.'],
  NO_FREE_PORTS: ['No block of free ports was found.', 'Free some, or name a base.'],
  TOO_FEW_FILES: [
    'A process may not open as many files as the ledger needs; both numbers are named.',
    'Raise the limit (`ulimit -n`) and start again.',
  ],
  DISK_FULL: ['The disk of the run folder has too little room to begin.', 'Free some, or name another run folder.'],
  CLOCK_BEHIND: ['The clock is behind what this network wrote already.', 'Set the clock: certificates and consents are judged by it.'],
  MEMBER_FILE_INVALID: [
    'A member’s public part is of another network or of nobody in the topology, is not whole, or holds more than certificates.',
    'Compare the topology files; let the member write it anew (`members export`).',
  ],
  MEMBER_FILE_DIFFERS: [
    'A public part names other authorities of a member than this machine knows.',
    'Ask the member by another way than the file came before you trust either.',
  ],
  FABRIC_NOT_FOUND: [
    'Fabric’s programs are in none of the four places.',
    'The message names all four ways; the devnet needs none of them.',
  ],
  FABRIC_ARCHIVE_REFUSED: [
    'The downloaded archive is not the one that is expected, or is incomplete.',
    'Nothing of it is used. Compare its digest with the release page and pin it.',
  ],
  FABRIC_VERSION_UNSUPPORTED: [
    'The programs found are of another version than the topology asks for.',
    'Install that version, or change `fabric.version`.',
  ],
  FABRIC_GENESIS_FAILED: ['configtxgen refused the channel that the topology describes.', 'Its words are in the message.'],
  FABRIC_GENESIS_MISSING: [
    'A member on a machine of its own has no first block of the channel, and makes none by itself: all members need the same one.',
    'One member makes it (`channel begin`), the others take it (`channel accept`).',
  ],
  FABRIC_GENESIS_DIFFERS: [
    'Another member’s first block says something else than this machine’s topology and public parts; each difference is told.',
    'Compare topology files and fingerprints; one member makes it anew.',
  ],
  FABRIC_MEMBER_UNKNOWN: [
    'The public part of a member is not on this machine.',
    'Let the member write it (`members export`), and take it in (`members import`).',
  ],
  FABRIC_CHANNEL_DIFFERS: ['A node has another channel of this name.', 'Use the run folder of that channel, or reset this one.'],
  FABRIC_CHANNEL_NOT_READY: [
    'Nodes run, but the channel does not order or reach its members in time.',
    'See `status` for what is missing, and the log of the node named.',
  ],
  CHANNEL_CHANGE_IMPOSSIBLE: [
    'The change does not fit the channel as it is; the reason is named.',
    'Read the channel with `channel show`.',
  ],
  CHANNEL_CONFIGURATION_UNSOUND: ['The change would leave a channel that cannot go on.', 'Change it as the message says.'],
  CHANNEL_FILE_INVALID: ['The file is no change or signature of this tool.', 'Make it again with `channel`.'],
  CHANNEL_FILE_DIFFERS: ['The files are about different changes.', 'Collect signatures of one and the same change.'],
  CHANNEL_KEY_MISSING: ['The organisation’s admin key is not on this machine.', 'Sign where it is, and bring the file.'],
  CHANNEL_LEDGER_UNSUPPORTED: ['The ledger has no channel to be changed this way.', 'Use `--ledger fabric`.'],
  CHANNEL_MATERIAL_UNFIT: ['A certificate does not fit its part in the channel.', 'Renew it at the organisation’s CA.'],
  CHANNEL_NODE_NOT_JOINED: ['A node is not in the channel yet.', 'Let it join first.'],
  CHANNEL_OUTCOME_UNKNOWN: [
    'The change was handed over, and whether it is in the chain could not be found out.',
    'Look with `channel show` before doing it again.',
  ],
  CHANNEL_OVERTAKEN: ['Another change of the channel came first.', 'Make the change again from the channel as it is now.'],
  CHANNEL_REFUSED: ['The orderers refused the change; their words are in the message.', 'Mend what they name.'],
  CHANNEL_UNREACHABLE: ['No orderer or peer answered.', 'See `status`.'],
  CHANNEL_UNSIGNED: ['Signatures are missing; whose is named.', 'Let them sign with `channel sign`.'],
  MATERIAL_MISSING: [
    'A certificate or key of an organisation is not on this machine.',
    'Work where it is, or copy the organisation’s folder.',
  ],
  ORDERER_UNREACHABLE: ['An orderer’s admin address does not answer.', 'See its log and `status`.'],
  ORDERER_REFUSED: ['An orderer refused an administrative call; its words are in the message.', 'Mend what it names.'],
  PEER_UNREACHABLE: ['A peer does not answer.', 'See its log and `status`.'],
  PEER_REFUSED: ['A peer refused an administrative call; its words are in the message.', 'Mend what it names.'],
  PEER_BEHIND: ['A peer has not caught up with the others in time.', 'Wait, and look with `status --watch`.'],
  DEFINITION_NOT_READY: [
    'Too few organisations have approved the definition; they are named.',
    'Let them approve with `lifecycle approve`.',
  ],
  DEFINITION_DIFFERS: ['Members approved different definitions; the fields are named.', 'Agree on one, and approve again.'],
  APPROVAL_LOST: [
    'A peer was restored from a backup older than an approval of its organisation, and nobody else keeps that.',
    'Let the others commit the definition without it, then approve the one after it.',
  ],
  NODE_NOT_BACK: ['A restarted node has not caught up with the others in time.', 'See its log; those after it were left alone.'],
  BACKUP_NEEDS_FABRIC: [
    "The devnet keeps all organisations' ledgers in one database, so that none has one of its own.",
    'Stop the network and keep a copy of its run folder.',
  ],
  BACKUP_RUNNING: ['The organisation is being backed up already.', 'Wait until that ends.'],
  BACKUP_EXISTS: ['A file of the name is there, and a backup replaces none.', 'Give the archive another name.'],
  BACKUP_INCOMPLETE: [
    'A gateway keeps something elsewhere, in a database or another folder, that the archive would not have.',
    'Leave it out with `--without-elsewhere` and back it up by its own means, in the order that the guide to operating tells.',
  ],
  BACKUP_NOTHING_THERE: [
    'What was asked for is not there: a network, a ledger, or a part of an archive.',
    'Check the folder or part that is named.',
  ],
  BACKUP_NO_ROOM: ['A copy of the peer does not fit beside it.', 'Free some space; nothing was stopped.'],
  BACKUP_UNREADABLE: ['The file cannot be read, or is no backup of this release.', 'Check the name of the file.'],
  BACKUP_PASSPHRASE_WRONG: ['The passphrase does not open the archive.', 'Name the passphrase file of the day the archive was made.'],
  BACKUP_DAMAGED: ['The archive was altered or ends too soon. Nothing was touched.', 'Take another copy of it, or the backup before it.'],
  BACKUP_OF_ANOTHER: [
    'The archive is of another organisation, network or channel.',
    'Name the one it was made of; its second line tells which.',
  ],
  BACKUP_WOULD_OVERWRITE: [
    'Something of what the archive has is there already.',
    'Restore only what is missing (`--only`), or let what is there be put aside (`--force`).',
  ],
  RULES_FILE_INVALID: ['The file holds no consortium rules.', 'Take one that `rules` wrote, and edit that.'],
  RULES_OVERTAKEN: [
    'Another version of the rules came into force since the file was written.',
    'Propose the change anew (`rules CHANGE`); approvals are of one version alone.',
  ],
  RULES_UNAPPROVED: [
    'Too few members have approved the change; nothing was sent.',
    'Let other members `rules approve` the same file; `rules show FILE` says who has.',
  ],
  PASSPHRASE_UNFIT: [
    'The passphrase file is missing, readable by others, too short or of several lines.',
    'Make one as the message says, and keep it apart from the archive.',
  ],
  VERIFY_SOURCE_UNREADABLE: ['The blocks could not be read.', 'Check the file or folder that is named.'],
  VERIFY_UNREACHABLE: ['The peer to be verified does not answer.', 'See `status`.'],
  VERIFY_REFUSED: ['The peer does not hand out its blocks.', 'Use an identity that may read the channel.'],
  VERIFY_NO_CONFIGURATION: [
    'The blocks begin without the configuration to judge them by.',
    'Begin at block 0, or give the configuration block.',
  ],
  ORGANISATION_NAME_TAKEN: ['Manifests have files and namespaces of this name for everybody.', 'Call the organisation otherwise.'],
  // Devnet
  DEVNET_CONSORTIUM_INVALID: ['The description of the consortium has an error; the place is named.', 'Correct it.'],
  DEVNET_CONSORTIUM_DIFFERS: [
    'The ledger in this folder was founded by another consortium; the difference is named.',
    'Use the verb that is named to change the ledger, or another folder.',
  ],
  DEVNET_POLICY_INVALID: ['A policy does not parse or names nobody.', "Write it in Fabric's policy language."],
  DEVNET_IDENTITY_INVALID: ['A certificate or key is not usable for its part.', 'Check the file that is named.'],
  DEVNET_CONFIG_REFUSED: ['A configuration transaction was refused.', 'See the reason in the message.'],
  DEVNET_LIFECYCLE_REFUSED: ['A lifecycle transaction was refused.', 'See the reason in the message.'],
  DEVNET_FOLDER_IN_USE: ['Another process has this ledger open.', 'Stop it first.'],
  DEVNET_PORT_BUSY: ['Another program listens on the port; it is named.', 'Stop it, or give port 0.'],
  DEVNET_LEDGER_STOPPED: [
    'The ledger could not be written, and stopped.',
    'Is the disk full? Start it again: nothing that was acknowledged is lost.',
  ],
  DEVNET_CLOSED: ['The devnet is closed.', 'Start it again.'],
  DEVNET_SWITCHES_OFF: ['Test switches are off unless asked for.', 'Start with testSwitches in tests; never elsewhere.'],
  DEVNET_CONTROL_REFUSED: ['The control door refused the call.', "Use the token in the folder's control.json."],
  DEVNET_UNKNOWN_TRANSACTION: ['No committed transaction has this id.', 'Check the id.'],
  DEVNET_UNKNOWN_ORGANISATION: ['No member has this MSP id.', 'Check the id.'],
  DEVNET_EXPORT_FAILED: ['The blocks could not be written.', 'Check the folder.'],
};
