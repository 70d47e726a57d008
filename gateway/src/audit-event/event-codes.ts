import type { AuditEvent } from '../audit';
import type { JsonObject } from '../fhir';
import { coding, systems } from './code-systems';

interface EventCodes {
  readonly type: JsonObject;
  readonly subtype: JsonObject;
}

const rest = (code: string): EventCodes => ({ type: coding(systems.type, 'rest'), subtype: coding(systems.interaction, code) });
const own = (code: AuditEvent): EventCodes => ({ type: coding(systems.type, 'rest'), subtype: coding(systems.own, code) });

/** Type and subtype of each event: FHIR's interactions as BALP tells them, disclosures, decisions and user authentication by theirs, the rest by names of ours. */
export const eventCodes: Readonly<Record<AuditEvent, EventCodes>> = {
  read: rest('read'),
  vread: rest('vread'),
  history: rest('history'),
  search: rest('search'),
  create: rest('create'),
  update: rest('update'),
  delete: rest('delete'),
  transaction: rest('transaction'),
  operation: rest('operation'),
  disclosure: { type: coding(systems.dicom, '110106'), subtype: coding(systems.lifecycle, 'disclose') },
  decision: { type: coding(systems.dicom, '110113'), subtype: coding(systems.authorisation, 'AuthZ-Consent') },
  export: own('export'),
  import: own('import'),
  consent: own('consent'),
  'break-glass': own('break-glass'),
  registration: own('registration'),
  account: { type: coding(systems.dicom, '110137'), subtype: coding(systems.own, 'account') },
  login: { type: coding(systems.dicom, '110114'), subtype: coding(systems.dicom, '110122') },
  logout: { type: coding(systems.dicom, '110114'), subtype: coding(systems.dicom, '110123') },
  token: { type: coding(systems.dicom, '110114'), subtype: coding(systems.own, 'token') },
};

/** Events whose type or subtype a token names, `code` or `system|code`. */
export function listEvents(part: keyof EventCodes, token: string): readonly AuditEvent[] {
  const [system, code] = token.includes('|') ? token.split('|', 2) : [undefined, token];
  return (Object.keys(eventCodes) as AuditEvent[]).filter((event) => {
    const known = eventCodes[event][part];
    return known['code'] === code && (system === undefined || known['system'] === system);
  });
}
