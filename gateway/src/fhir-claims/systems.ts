/** Code systems of HL7 terminology and CARIN's Consumer Directed Payer Data Exchange, and what its own adjudications lack. */
export const systems = {
  adjudication: 'http://terminology.hl7.org/CodeSystem/adjudication',
  carin: 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication',
  carinDiscriminator: 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator',
  carinStatus: 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBPayerAdjudicationStatus',
  hl7Reason: 'http://terminology.hl7.org/CodeSystem/adjudication-reason',
  carc: 'https://x12.org/codes/claim-adjustment-reason-codes',
  claimType: 'http://terminology.hl7.org/CodeSystem/claim-type',
  priority: 'http://terminology.hl7.org/CodeSystem/processpriority',
  information: 'http://terminology.hl7.org/CodeSystem/claiminformationcategory',
  related: 'http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship',
  coverageClass: 'http://terminology.hl7.org/CodeSystem/coverage-class',
  paymentType: 'http://terminology.hl7.org/CodeSystem/ex-paymenttype',
  paymentItem: 'http://terminology.hl7.org/CodeSystem/payment-type',
  paymentStatus: 'http://terminology.hl7.org/CodeSystem/paymentstatus',
  benefitCategory: 'http://terminology.hl7.org/CodeSystem/ex-benefitcategory',
  benefitType: 'http://terminology.hl7.org/CodeSystem/benefit-type',
  benefitUnit: 'http://terminology.hl7.org/CodeSystem/benefit-unit',
  benefitTerm: 'http://terminology.hl7.org/CodeSystem/benefit-term',
  benefitNetwork: 'http://terminology.hl7.org/CodeSystem/benefit-network',
  reason: 'urn:medaccord:claim-reason',
  relationship: 'urn:medaccord:claim-relationship',
  ownBenefitType: 'urn:medaccord:benefit-type',
  returnReason: 'urn:medaccord:return-reason',
} as const;

/** Names of identifiers. */
export const names = {
  member: 'urn:medaccord:member',
  relation: 'urn:medaccord:relation',
  record: 'urn:medaccord:record',
  claim: 'urn:medaccord:claim',
  coverage: 'urn:medaccord:coverage',
  adjudication: 'urn:medaccord:adjudication',
  settlement: 'urn:medaccord:settlement',
} as const;

/** Of which system the identifier of a resource is. */
export const identifierSystems = {
  Coverage: names.coverage,
  Claim: names.claim,
  ClaimResponse: names.adjudication,
  ExplanationOfBenefit: names.adjudication,
  PaymentNotice: names.settlement,
  PaymentReconciliation: names.settlement,
} as const;

/** Extensions: Da Vinci Prior Authorization Support for what R4 says of a whole claim only, HL7's own, and two of ours. */
export const extensions = {
  authorization: 'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-authorizationNumber',
  authorizedPeriod: 'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-itemPreAuthPeriod',
  authorizedDetail: 'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-itemAuthorizedDetail',
  dataAbsent: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  coverageStatus: 'urn:medaccord:coverage-status',
  isInNetwork: 'urn:medaccord:in-network',
} as const;
