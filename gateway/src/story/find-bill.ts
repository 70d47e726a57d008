import type { Bill, Plot } from './step';

/** What the story's hospital asks for a visit, in minor units. */
const CHARGE = 12_916;
const CURRENCY = 'USD';

type Coding = { readonly system?: string; readonly code?: string };
type Resource = {
  readonly resourceType?: string;
  readonly billablePeriod?: { readonly start?: string };
  readonly period?: { readonly start?: string };
  readonly type?: readonly { readonly coding?: readonly Coding[] }[];
};
type Entry = { readonly fullUrl?: string; readonly resource?: Resource };

/**
 * What there is to bill in an imported bundle: its newest Claim, else its newest encounter; nothing where it has neither.
 * @param cover the relation and coverage under which it is billed
 */
export function findBill(
  bundle: string,
  { imported }: Pick<Plot, 'imported'>,
  cover: Pick<Bill, 'relationRef' | 'coverageId'>,
): Bill | undefined {
  const { entry = [] } = JSON.parse(bundle) as { readonly entry?: readonly Entry[] };
  const held = entry.flatMap(({ fullUrl, resource }) => {
    const reference = imported.get(fullUrl ?? '');
    const start = resource && (resource.billablePeriod ?? resource.period)?.start;
    return resource === undefined || reference === undefined || start === undefined ? [] : [{ resource, reference, start }];
  });
  const newestOf = (type: string): Held | undefined =>
    held.filter(({ resource }) => resource.resourceType === type).sort((one, other) => (one.start < other.start ? 1 : -1))[0];
  const [claim, visit] = [newestOf('Claim'), newestOf('Encounter')];
  if (claim !== undefined) return { ...cover, claim: claim.reference };
  return visit && billVisit(visit, cover);
}

type Held = { readonly resource: Resource; readonly reference: string; readonly start: string };

function billVisit({ resource, reference, start }: Held, cover: Pick<Bill, 'relationRef' | 'coverageId'>): Bill | undefined {
  const { system, code } = resource.type?.[0]?.coding?.[0] ?? {};
  if (system === undefined || code === undefined) return undefined;
  const line = { service: { system, code }, day: start.slice(0, 10), charge: CHARGE };
  return { ...cover, type: 'institutional', currency: CURRENCY, encounter: reference, lines: [line] };
}
