import type { Probe } from './workload';

/** A probe as a command inside the container. All images have bash, none has a client for HTTP. */
export function newProbeCommand(probe: Probe): string[] {
  return ['bash', '-c', formatProbe(probe)];
}

function formatProbe(probe: Probe): string {
  const connect = `exec 3<>/dev/tcp/127.0.0.1/${String(probe.port)}`;
  if (probe.kind === 'tcp') return connect;
  const ask = (path: string): string => `printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3`;
  const expect = probe.kind === 'http' ? `head -n 1 <&3 | grep -q ' 200 '` : `grep -qF '${probe.line}' <&3`;
  return `${connect} && ${ask(probe.kind === 'http' ? probe.path : '/metrics')} && ${expect}`;
}
