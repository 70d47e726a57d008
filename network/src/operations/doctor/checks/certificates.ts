import type { CertificateFacts } from '../../certs/certificate-facts';
import type { Finding, Judgement, Unseen } from '../finding';

/** A certificate that a running process shows to whoever connects. */
export interface ShownCertificate {
  readonly member: string;
  /** As its process is called. */
  readonly process: string;
  /** Whose file it was read from: `peer`, `orderer`, `chaincode`. */
  readonly role: string;
  /** Hexadecimal, lower case. */
  readonly serial: string;
  readonly daysLeft: number;
}

export interface CertificatesFacts {
  readonly certificates: readonly CertificateFacts[];
  readonly shown: readonly ShownCertificate[];
  /** Findings begin so many days before a certificate ends. */
  readonly withinDays: number;
  readonly unseen: readonly Unseen[];
}

/** A root is not renewed in a day: all members must take the new one into the channel first. */
const ROOT_WITHIN_DAYS = 365;
/** What `certs renew` renews unless it is told otherwise. */
const RENEWED_WITHIN_DAYS = 30;

/** Whether every certificate is what it must be, for long enough, and is the one that is shown. */
export function judgeCertificates({ certificates, shown, withinDays, unseen }: CertificatesFacts): Judgement {
  const left = certificates.flatMap(({ daysLeft, purpose }) => (daysLeft === undefined || purpose === 'root' ? [] : [daysLeft]));
  return {
    summary: left.length === 0 ? '' : `${String(certificates.length)} are good, the first ends in ${String(Math.min(...left))} days`,
    findings: [
      ...certificates.flatMap((each) => judgeCertificate(each, withinDays)),
      ...shown.flatMap((each) => judgeShown(each, certificates)),
    ],
    unseen,
  };
}

function judgeCertificate(facts: CertificateFacts, withinDays: number): Finding[] {
  const { organisation: member, purpose, role, condition, daysLeft = 0, place, subject } = facts;
  const isRoot = purpose === 'root';
  const what = `The ${isRoot ? `root certificate of the ${role}` : `${purpose} certificate of the ${role}`} of ${member}`;
  if (condition !== 'good') {
    return [{ severity: 'error', member, problem: `${what} is ${condition} (${place}).`, remedy: remedyOf(facts) }];
  }
  if (daysLeft >= (isRoot ? ROOT_WITHIN_DAYS : withinDays)) return [];
  const problem = `${what} ${formatEnd(daysLeft)} (${subject ?? place}).`;
  return [{ severity: daysLeft < 0 ? 'error' : 'warning', member, problem, remedy: remedyOf(facts) }];
}

function remedyOf(facts: CertificateFacts): string {
  const { purpose, condition, place, renewedBy, organisation, daysLeft = 0 } = facts;
  if (purpose !== 'root') {
    const within = condition !== 'good' || daysLeft < RENEWED_WITHIN_DAYS ? '' : ` --within ${String(daysLeft + 1)}`;
    return `\`certs renew --organisation ${organisation}${within} --restart\``;
  }
  return condition === 'good' ? `Renewed by ${renewedBy}.` : `Put ${place} back from a backup: everything that this CA issued hangs on it.`;
}

/** What a process read when it started stays in its mind. */
function judgeShown({ member, process, role, serial, daysLeft }: ShownCertificate, certificates: readonly CertificateFacts[]): Finding[] {
  const file = certificates.find((each) => each.organisation === member && each.role === role && each.purpose === 'TLS');
  if (file?.serial === undefined || file.serial === serial) return [];
  const problem = `${process} still shows its former certificate, which ${formatEnd(daysLeft)}; the one in ${file.place} is read at a start.`;
  return [{ severity: daysLeft < 0 ? 'error' : 'warning', member, problem, remedy: `\`restart ${process}\`` }];
}

function formatEnd(daysLeft: number): string {
  return daysLeft < 0 ? `ended ${formatDays(-daysLeft)} ago` : `ends in ${formatDays(daysLeft)}`;
}

function formatDays(days: number): string {
  return days === 1 ? '1 day' : `${String(days)} days`;
}
