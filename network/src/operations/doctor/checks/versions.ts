import { ACCEPTED_VERSIONS, isAcceptedVersion } from '../../../binaries';
import type { Finding, Judgement } from '../finding';

export interface VersionFacts {
  /** Of the programs on this machine; undefined: there are none. */
  readonly installed: string | undefined;
  readonly nodes: readonly NodeVersion[];
}

export interface NodeVersion {
  readonly member: string;
  /** As its process is called. */
  readonly name: string;
  /** Three numbers; undefined: it did not say. */
  readonly version: string | undefined;
}

/** Whether every node runs a release that fits, and the one that is installed. */
export function judgeVersions({ installed, nodes }: VersionFacts): Judgement {
  const told = nodes.flatMap((node) => (node.version === undefined ? [] : [{ ...node, version: node.version }]));
  const versions = [...new Set(told.map(({ version }) => version))].sort();
  return {
    summary: versions.length === 0 ? '' : `${String(told.length)} nodes run ${versions.join(', ')}`,
    findings: told.flatMap((node) => judgeNode(node, installed)),
    unseen: nodes.filter(({ version }) => version === undefined).map(({ name }) => ({ what: name, why: 'it does not answer' })),
  };
}

function judgeNode({ member, name, version }: NodeVersion & { version: string }, installed: string | undefined): Finding[] {
  if (!isAcceptedVersion(version)) {
    const problem = `${name} runs Fabric ${version}; needed is ${ACCEPTED_VERSIONS}.`;
    return [{ severity: 'error', member, problem, remedy: `\`binaries\` finds or fetches such a release; then \`restart ${name}\`.` }];
  }
  if (installed === undefined || installed === version) return [];
  const problem = `${name} runs Fabric ${version}, but the programs on this machine are ${installed}.`;
  return [{ severity: 'warning', member, problem, remedy: `\`restart ${name}\`, one node after another.` }];
}
