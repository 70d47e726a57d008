import { reasonCodes, type Adjudication } from '@medaccord/chaincode/model';
import { z } from 'zod';

const amount = z.int().min(0);
const amounts = z.object({
  ...{ submitted: amount, eligible: amount, deductible: amount, copay: amount, coinsurance: amount, noncovered: amount },
  ...{ discount: amount, priorpayerpaid: amount, benefit: amount, pending: amount, memberliability: amount },
});
const counted = z.record(z.string(), amount);
const line = z.object({
  sequence: z.int().min(1),
  outcome: z.enum(['paid', 'denied', 'review']),
  rule: z.string(),
  category: z.string().nullable(),
  units: amount,
  amounts,
  adjustments: z.array(z.object({ reason: z.enum(reasonCodes), amount, rule: z.string() })),
});
const adjudication = z.object({
  ...{ planId: z.string(), planVersion: z.int(), claimId: z.string() },
  outcome: z.enum(['complete', 'partial', 'queued']),
  lines: z.array(line),
  totals: amounts,
  used: counted,
  accumulators: counted,
});

/** The rule's answer from the text that an insurer sealed; undefined for what has not its shape. */
export function parseResult(text: string): Adjudication | undefined {
  try {
    return adjudication.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
