import type { Finding, Judgement } from '../finding';

export interface GatewayFacts {
  readonly member: string;
  readonly url: string;
  /** Status of its answer to whether it is ready; undefined: it gave none. */
  readonly status: number | undefined;
}

const OK = 200;

/** Whether every gateway serves its clients. */
export function judgeGateways(gateways: readonly GatewayFacts[]): Judgement {
  return {
    summary: `${String(gateways.length)} are ready`,
    findings: gateways.filter(({ status }) => status !== OK).map(judgeGateway),
    unseen: [],
  };
}

function judgeGateway({ member, url, status }: GatewayFacts): Finding {
  const name = `gateway-${member}`;
  const log = `\`logs ${name}\` says why; \`restart ${name}\` if nothing above does.`;
  if (status === undefined) return { severity: 'error', member, problem: `${name} does not answer at ${url}.`, remedy: log };
  const problem = `${name} runs, but is not ready (${String(status)} at ${url}): it does not know the newest state of the ledger.`;
  return { severity: 'error', member, problem, remedy: `See whether peer-${member} is well. ${log}` };
}
