import { distinct, oneOf } from './encoding/parser';

/** What a person or service may do for its organisation: the attribute `role` of its certificate. */
export const staffRoles = [
  'gateway',
  'registrar',
  'records',
  'physician',
  'nurse',
  'insurer-clerk',
  'auditor',
  'researcher',
  'ethics-officer',
  'public-health-officer',
  'operator',
] as const;
export type StaffRole = (typeof staffRoles)[number];
export const parseStaffRole = oneOf(staffRoles);

/** What a member is in the consortium; the rules document says it. */
export const memberRoles = ['hospital', 'insurer', 'authority'] as const;
export const parseMemberRole = oneOf(memberRoles);
export const parseMemberRoles = distinct(parseMemberRole, 1, memberRoles.length);
