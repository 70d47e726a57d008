import type { CertificateFacts } from '../../certs/certificate-facts';
import { judgeCertificates, type ShownCertificate } from './certificates';

const good: CertificateFacts = {
  organisation: 'one',
  purpose: 'TLS',
  role: 'peer',
  place: '/one/peer.crt',
  condition: 'good',
  subject: 'CN=peer',
  serial: 'aa',
  expires: '2027-01-01T00:00:00.000Z',
  daysLeft: 30,
  renewedBy: 'nobody',
};
const judge = (change: Partial<CertificateFacts>, withinDays = 30) =>
  judgeCertificates({ certificates: [{ ...good, ...change }], shown: [], withinDays, unseen: [] }).findings;

it('a certificate with days enough is in order', () => {
  expect(judge({})).toEqual([]);
  expect(judgeCertificates({ certificates: [good], shown: [], withinDays: 30, unseen: [] }).summary).toContain('the first ends in 30 days');
});

it.each<[string, Partial<CertificateFacts>, string, string]>([
  ['ends soon', { daysLeft: 29 }, 'warning', 'ends in 29 days'],
  ['has ended', { daysLeft: -1 }, 'error', 'ended 1 day ago'],
  ['is missing', { condition: 'missing', daysLeft: undefined }, 'error', 'is missing (/one/peer.crt)'],
  ['does not fit its key', { condition: 'not of its key' }, 'error', 'is not of its key'],
])('one that %s is found, and what renews it', (_case, change, severity, problem) => {
  expect(judge(change)).toMatchObject([
    { severity, member: 'one', problem: expect.stringContaining(problem), remedy: '`certs renew --organisation one --restart`' },
  ]);
});

it('one that is due by a longer look ahead is renewed with the same look ahead', () => {
  expect(judge({ daysLeft: 80 }, 90)).toMatchObject([{ remedy: '`certs renew --organisation one --within 81 --restart`' }]);
});

it('a root is spoken of a year before it ends, and cannot be renewed by a command', () => {
  expect(judge({ purpose: 'root', role: 'CA', daysLeft: 364 })).toMatchObject([
    { severity: 'warning', remedy: expect.stringContaining('nobody') },
  ]);
  expect(judge({ purpose: 'root', role: 'CA', daysLeft: 365 })).toEqual([]);
  expect(judge({ purpose: 'root', role: 'CA', condition: 'missing' })).toMatchObject([
    { severity: 'error', remedy: expect.stringContaining('backup') },
  ]);
});

it('a process that shows another certificate than its file has was not restarted since', () => {
  const shown: ShownCertificate = { member: 'one', process: 'peer-one', role: 'peer', serial: 'bb', daysLeft: 3 };
  const judgeShown = (change: Partial<ShownCertificate>) =>
    judgeCertificates({ certificates: [good], shown: [{ ...shown, ...change }], withinDays: 30, unseen: [] }).findings;
  expect(judgeShown({})).toMatchObject([{ severity: 'warning', member: 'one', remedy: '`restart peer-one`' }]);
  expect(judgeShown({ daysLeft: -1 })).toMatchObject([{ severity: 'error' }]);
  expect(judgeShown({ serial: 'aa' })).toEqual([]);
});
