import type { Probe, Workload } from './workload';

/** A probe as a command inside the container. Fabric's images and ours have bash and no client for HTTP, those of Prometheus the opposite. */
export function newProbeCommand(probe: Probe, { client = 'bash' }: Pick<Workload, 'client'>): string[] {
  if (client === 'bash') return ['bash', '-c', formatProbe(probe)];
  if (probe.kind !== 'http') throw new Error('wget can ask for a page only');
  return ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${String(probe.port)}${probe.path}`];
}

function formatProbe(probe: Probe): string {
  const connect = `exec 3<>/dev/tcp/127.0.0.1/${String(probe.port)}`;
  if (probe.kind === 'tcp') return connect;
  const ask = (path: string): string => `printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3`;
  const expect = probe.kind === 'http' ? `head -n 1 <&3 | grep -q ' 200 '` : `grep -qF '${probe.line}' <&3`;
  return `${connect} && ${ask(probe.kind === 'http' ? probe.path : '/metrics')} && ${expect}`;
}
