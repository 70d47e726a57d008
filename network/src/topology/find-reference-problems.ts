import { z } from 'zod';
import type { TopologyProblem } from './topology-errors';

/** Ports that each organisation reserves. */
export const PORTS_PER_ORGANISATION = 10;

const HIGHEST_PORT = 65535;

/** What of a topology can be checked for references even while other parts of it are wrong. */
const sketch = z
  .object({
    organisations: z.array(z.object({ name: text(), mspId: text() }).catch({ name: undefined, mspId: undefined })).catch([]),
    policies: z
      .record(z.string(), z.object({ outOf: number(), of: z.array(z.unknown()).optional().catch(undefined) }).catch({ outOf: undefined }))
      .catch({}),
    chaincode: z
      .object({
        policy: text(),
        collections: z.array(collectionSketch()).catch([]),
        first: z.array(z.object({ organisation: text() }).catch({ organisation: undefined })).catch([]),
      })
      .catch({ policy: undefined, collections: [], first: [] }),
    ports: z.object({ base: number() }).catch({ base: undefined }),
  })
  .catch({ organisations: [], policies: {}, chaincode: { policy: undefined, collections: [], first: [] }, ports: { base: undefined } });

type Sketch = z.output<typeof sketch>;

function text(): z.ZodCatch<z.ZodOptional<z.ZodString>> {
  return z.string().optional().catch(undefined);
}

function collectionSketch(): z.ZodType<{ name?: string | undefined; members?: unknown[] | undefined; endorsement?: string | undefined }> {
  const members = z.array(z.unknown()).optional().catch(undefined);
  return z.object({ name: text(), members, endorsement: text() }).catch({});
}

function number(): z.ZodCatch<z.ZodOptional<z.ZodNumber>> {
  return z.number().optional().catch(undefined);
}

/** Finds names that refer to nothing, names given twice, policies nobody can satisfy and ports that do not exist. */
export function findReferenceProblems(value: unknown): TopologyProblem[] {
  const parts = sketch.parse(value);
  return [...repeatedNames(parts), ...policyProblems(parts), ...chaincodeProblems(parts), ...portProblems(parts)];
}

function repeatedNames({ organisations }: Sketch): TopologyProblem[] {
  return (['name', 'mspId'] as const).flatMap((key) =>
    organisations.flatMap((organisation, index) => {
      const first = organisations.findIndex((other) => other[key] === organisation[key]);
      const repeated = organisation[key] !== undefined && first < index;
      return repeated ? [{ place: `organisations[${String(index)}].${key}`, problem: `is taken by organisations[${String(first)}]` }] : [];
    }),
  );
}

function policyProblems({ organisations, policies }: Sketch): TopologyProblem[] {
  return Object.entries(policies).flatMap(([name, policy]) => {
    const place = `policies.${name}`;
    const members = policy.of ?? organisations;
    const unknown = listProblems(organisations, policy.of ?? [], `${place}.of`);
    if (policy.outOf !== undefined && members.length > 0 && policy.outOf > members.length) {
      return [...unknown, { place: `${place}.outOf`, problem: `is more than the ${String(members.length)} organisations it counts` }];
    }
    return unknown;
  });
}

function listProblems(organisations: Sketch['organisations'], members: readonly unknown[], list: string): TopologyProblem[] {
  return members.flatMap((member, index) => {
    const place = `${list}[${String(index)}]`;
    if (!organisations.some(({ name }) => name === member)) {
      return [{ place, problem: 'names no organisation of this file' }];
    }
    return members.indexOf(member) < index ? [{ place, problem: 'is named twice' }] : [];
  });
}

function chaincodeProblems({ organisations, policies, chaincode }: Sketch): TopologyProblem[] {
  const policy =
    chaincode.policy !== undefined && !Object.hasOwn(policies, chaincode.policy)
      ? [{ place: 'chaincode.policy', problem: 'names no policy of this file' }]
      : [];
  const first = chaincode.first.flatMap(({ organisation }, index) =>
    organisation === undefined || organisations.some(({ name }) => name === organisation)
      ? []
      : [{ place: `chaincode.first[${String(index)}].organisation`, problem: 'names no organisation of this file' }],
  );
  return [...policy, ...collectionProblems({ organisations, policies, chaincode }), ...first];
}

function collectionProblems({
  organisations,
  policies,
  chaincode: { collections },
}: Pick<Sketch, 'organisations' | 'policies' | 'chaincode'>): TopologyProblem[] {
  return collections.flatMap(({ name, members = [], endorsement }, index) => {
    const place = `chaincode.collections[${String(index)}]`;
    const first = collections.findIndex((other) => other.name === name);
    const repeated = name !== undefined && first < index;
    const unknownPolicy = endorsement !== undefined && !Object.hasOwn(policies, endorsement);
    return [
      ...(repeated ? [{ place: `${place}.name`, problem: `is taken by chaincode.collections[${String(first)}]` }] : []),
      ...listProblems(organisations, members, `${place}.members`),
      ...(unknownPolicy ? [{ place: `${place}.endorsement`, problem: 'names no policy of this file' }] : []),
    ];
  });
}

function portProblems({ organisations, ports }: Sketch): TopologyProblem[] {
  const highest = (ports.base ?? 0) + organisations.length * PORTS_PER_ORGANISATION - 1;
  return highest > HIGHEST_PORT && (ports.base ?? 0) <= HIGHEST_PORT
    ? [
        {
          place: 'ports.base',
          problem: `leaves no room: ${String(organisations.length)} organisations need ports up to ${String(highest)}`,
        },
      ]
    : [];
}
