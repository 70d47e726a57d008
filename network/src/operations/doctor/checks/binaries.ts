import type { Judgement } from '../finding';

/** Where Fabric's programs are, or what is the matter at each place. */
export type BinariesFacts =
  | { readonly found: string }
  /** `isNamed`: an operator named the folder in which they are not. */
  | { readonly problem: string; readonly isNamed: boolean };

/** Whether the next start finds the programs that it needs. */
export function judgeBinaries(facts: BinariesFacts): Judgement {
  if ('found' in facts) return { summary: facts.found, findings: [], unseen: [] };
  const { problem, isNamed } = facts;
  const finding = isNamed
    ? {
        severity: 'error' as const,
        remedy: 'Let MEDACCORD_FABRIC_BIN name a folder with peer, orderer and configtxgen of an accepted release, or leave it unset.',
      }
    : { severity: 'warning' as const, remedy: '`binaries` fetches the release now; else the next start does.' };
  return { summary: '', findings: [{ ...finding, member: undefined, problem }], unseen: [] };
}
