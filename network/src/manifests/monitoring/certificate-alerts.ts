import type { Alert } from './alert';

/** Written by `certs --metrics FILE`, for node_exporter's textfile collector. */
const NOT_AFTER = 'medaccord_certificate_not_after_seconds';
const CERTIFICATE = 'The {{ $labels.use }} certificate of the {{ $labels.identity }} of {{ $labels.organisation }}';
const RENEW = '`certs renew --restart`, for an orderer with `channel rotate-orderer`; then look again with `certs`.';

export function listCertificateAlerts(): Alert[] {
  const endsWithin = (days: number): string => `${NOT_AFTER} - time() < ${String(days)} * 86400`;
  return [
    {
      name: 'CertificateEndsSoon',
      when: endsWithin(30),
      lasting: '1h',
      severity: 'warning',
      summary: `${CERTIFICATE} ends in {{ $value | humanizeDuration }}.`,
      action: RENEW,
    },
    {
      name: 'CertificateEnds',
      when: endsWithin(7),
      lasting: '10m',
      severity: 'critical',
      summary: `${CERTIFICATE} ends in {{ $value | humanizeDuration }}: the node will be refused by all others.`,
      action: RENEW,
    },
    {
      name: 'CertificatesUnknown',
      when: `absent(${NOT_AFTER})`,
      lasting: '1h',
      severity: 'warning',
      summary: 'Nobody says when certificates end.',
      action: 'Run `certs --metrics FILE` every hour, with FILE in the folder of the textfile collector of node_exporter.',
    },
    {
      name: 'CertificateListOld',
      when: 'time() - node_textfile_mtime_seconds{file=~".*medaccord.*"} > 2 * 86400',
      lasting: '1h',
      severity: 'warning',
      summary: 'When certificates end was last written {{ $value | humanizeDuration }} ago.',
      action: 'See why `certs --metrics FILE` no longer runs.',
    },
  ];
}
