import type { SensitiveCategory } from '@medaccord/chaincode/model';

/** HL7 v3 ActCode sensitivity codes (http://terminology.hl7.org/CodeSystem/v3-ActCode) to the category they put a record into. */
const SENSITIVITY: Readonly<Record<string, SensitiveCategory>> = {
  HIV: 'hiv',
  STD: 'sexual-health',
  SEX: 'sexual-health',
  SEXGRP: 'sexual-health',
  REPRO: 'sexual-health',
  PREGNANT: 'sexual-health',
  PSY: 'psychiatry',
  PSYTHPN: 'psychiatry',
  MH: 'psychiatry',
  BH: 'psychiatry',
  ETH: 'substance-use',
  ETHUD: 'substance-use',
  ETHANOLUSE: 'substance-use',
  OPIOIDUD: 'substance-use',
  SUD: 'substance-use',
  SUDPTP: 'substance-use',
  '42CFRPart2': 'substance-use',
  SDV: 'domestic-violence',
  DVSA: 'domestic-violence',
  VIO: 'domestic-violence',
  GDIS: 'genetics',
};

/** The sensitive category that a security label puts a record into; undefined for labels that tell none. */
export function categoryOfSensitivity(code: string): SensitiveCategory | undefined {
  return Object.hasOwn(SENSITIVITY, code) ? SENSITIVITY[code] : undefined;
}
