import { renewOrganisation } from '../../identity';
import type { KeyFiles, Organisation, Topology } from '../../topology';
import { isDue, type CertificateFacts } from './certificate-facts';
import { listCertificates } from './list-certificates';
import { withAuthorities } from './with-authorities';

/** A certificate that was renewed: what it was, and what it is now. */
export interface Renewal {
  readonly before: CertificateFacts;
  readonly after: CertificateFacts;
}

/**
 * Renews what an organisation has that is due within so many days, at its CAs: those that answer at the topology's address, else, where
 * they are this machine's own and nobody serves them, opened here for as long as it takes.
 *
 * @throws CaUnreachable, CaRequestFailed; what was renewed until then stays renewed.
 */
export async function renewCertificates(topology: Topology, organisation: Organisation, withinDays: number): Promise<Renewal[]> {
  const before = new Map(listCertificates(organisation).map((facts) => [facts.place, facts]));
  const isWanted = ({ certificate }: KeyFiles): boolean => {
    const facts = before.get(certificate);
    return facts !== undefined && isDue(facts, withinDays);
  };
  const renewed = await withAuthorities(topology, organisation, () => renewOrganisation(organisation, isWanted));
  return listCertificates(organisation).flatMap((after) => {
    const old = before.get(after.place);
    return old !== undefined && renewed.includes(after.place) ? [{ before: old, after }] : [];
  });
}
