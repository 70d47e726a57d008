import { createHash } from 'node:crypto';
import { addMinutes, type Instant, type SignedKind, type SignedPayload, type SubjectRef } from '../../src/model';
import type { ConsortiumTwin } from './consortium-twin';
import { AUTHORITY, HOSPITAL, INSURER, signingKeyOf } from './story';
import { newKeyPair, newKeyRing, publicKeys, signAs, type KeyPair } from './wallet';

/**
 * Guardians, a hold and its veto, and a recovery from its hold to its completion.
 *
 * @param latest the latest statement about the patient, whose signing key is `signing`
 */
export async function runRecovery(twin: ConsortiumTwin, subjectRef: SubjectRef, latest: string, signing: KeyPair): Promise<void> {
  const now = twin.clock as Instant;
  const [hospital, authority] = [signingKeyOf(HOSPITAL), signingKeyOf(AUTHORITY)];
  const registrar = await twin.identity(HOSPITAL, 'registrar');
  const anybody = await twin.identity(INSURER);

  let previous = digestOf(latest);
  const sign = (kind: SignedKind, key: KeyPair, more: object): string =>
    signAs(kind, { subjectRef, issuedAt: now, ...more } as unknown as SignedPayload<SignedKind>, key);
  /** A statement that follows the latest one, and is followed by the next. */
  const step = (kind: SignedKind, key: KeyPair, more: object = {}): string => {
    const statement = sign(kind, key, { previous, ...more });
    previous = digestOf(statement);
    return statement;
  };

  const guardians = { threshold: 1, keys: [newKeyPair().jwk] };
  await twin.submit(anybody, 'NameGuardians', { guardians: step('patient-guardians', signing, { guardians }) });
  await twin.submit(registrar, 'PlaceHold', { hold: step('patient-hold', hospital) });
  await twin.submit(anybody, 'Veto', { veto: step('patient-veto', signing) });
  await twin.submit(registrar, 'PlaceHold', { hold: step('patient-hold', hospital) });
  const ring = newKeyRing();
  const keys = sign('recovery-keys', ring.signing, { keys: publicKeys(ring) });
  const effectiveAt = addMinutes(now, 72 * 60);
  const opening = step('recovery-opening', hospital, { keys: digestOf(keys), effectiveAt });
  await twin.submit(registrar, 'OpenRecovery', { opening, keys });
  const approval = sign('recovery-approval', authority, { opening: digestOf(opening), by: AUTHORITY });
  await twin.submit(await twin.identity(AUTHORITY, 'registrar'), 'ApproveRecovery', { approval });
  const completion = step('recovery-completion', hospital, { issuedAt: effectiveAt });
  await twin.submit(registrar, 'CompleteRecovery', { completion }, { at: effectiveAt });
}

/** How a statement names the one before it. */
export function digestOf(jws: string): string {
  return createHash('sha256')
    .update(Buffer.from(jws.split('.')[1] ?? '', 'base64url'))
    .digest('base64url');
}
