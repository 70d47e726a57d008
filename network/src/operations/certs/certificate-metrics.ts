import { writePublicFile } from '../../files';
import type { CertificateFacts } from './certificate-facts';

const NAME = 'medaccord_certificate_not_after_seconds';

/** Writes `renderCertificateMetrics` whole or not at all: a collector may read at any moment. */
export function writeCertificateMetrics(file: string, certificates: readonly CertificateFacts[]): void {
  writePublicFile(file, renderCertificateMetrics(certificates));
}

/** When each certificate ends, in Prometheus' text format, as node_exporter's textfile collector takes it. Missing ones have no line. */
export function renderCertificateMetrics(certificates: readonly CertificateFacts[]): string {
  const lines = certificates.flatMap(({ organisation, role, purpose, expires }) => {
    if (expires === undefined) return [];
    const labels = { organisation, identity: role.toLowerCase().replace(' ', '-'), use: purpose.toLowerCase() };
    const list = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    return [`${NAME}{${list.join(',')}} ${String(Date.parse(expires) / 1000)}`];
  });
  return `# HELP ${NAME} When the certificate expires, seconds since 1970.\n# TYPE ${NAME} gauge\n${lines.join('\n')}\n`;
}
