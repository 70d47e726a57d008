import { categories, purposes, relationKinds, consentStatuses } from '@medaccord/chaincode/model';
import { z } from 'zod';

export const reference = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/, 'must be 22 to 64 base64url characters');
export const mspId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, 'must be the id of a membership service provider');
export const jws = z
  .string()
  .max(8192)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, 'must be a compact JWS');
/** A sealed envelope, as text. */
export const envelope = z
  .string()
  .min(2)
  .max(1_048_576)
  .regex(/^\{"ciphertext":"[A-Za-z0-9_-]+","enc":"[A-Za-z0-9_-]+","suite":"[A-Za-z0-9-]+","v":1\}$/, 'must be a sealed envelope');
export const category = z.enum(categories);
export const purpose = z.enum(purposes as [(typeof purposes)[number], ...(typeof purposes)[number][]]);
export const instant = z.string().meta({ format: 'date-time' });
export const period = z.object({ from: instant, until: instant });
export const transactionId = z.string();
export const participant = z.object({ mspId, role: z.string().nullable(), actor: z.string() });

export const jwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
export const kind = z.enum(relationKinds);
export const consentStatus = z.enum(consentStatuses);

/** What a request names to prove its purpose. */
export const proof = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('referral'), referralId: reference }),
  z.strictObject({ kind: z.literal('claim'), claimId: reference }),
  z.strictObject({ kind: z.literal('study'), studyId: reference }),
]);

/** A value that must also be one as the ledger takes it. */
export function parsed<S extends z.ZodType, T>(
  schema: S,
  parse: (value: unknown, place: string) => T,
): z.ZodPipe<S, z.ZodTransform<T, z.output<S>>> {
  const check = z.transform<z.output<S>, T>((value, context) => {
    try {
      return parse(value, 'value');
    } catch (error) {
      context.issues.push({ code: 'custom', message: (error as Error).message.replace(/^\S+ /, ''), input: value });
      return z.NEVER;
    }
  });
  return schema.pipe(check);
}

/** By MSP id: entries for custodian and counterparty at most. */
export function byOrganisation<T extends z.ZodType>(value: T): z.ZodRecord<z.ZodString, T> {
  return z
    .record(z.string(), value)
    .refine((entries) => Object.keys(entries).length <= 2, 'has entries for custodian and counterparty at most');
}
