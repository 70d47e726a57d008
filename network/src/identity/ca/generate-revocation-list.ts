import { newRevocationList } from '../pki/new-revocation-list';
import { authenticateByToken } from './authenticate';
import { CaCode, CaRefusal, newAuthorizationRefusal } from './ca-refusal';
import { bodies, parseBody, type CaRequest } from './ca-request';
import type { RevocationFilter } from './ca-store';
import type { CertificateAuthority } from './certificate-authority';
import { attributeOf, Hf, parseGoBoolean } from './identity-record';

/** Signs a list of what is revoked, for whoever has `hf.GenCRL` (fabric-ca/lib/servergencrl.go). */
export async function genCrl(ca: CertificateAuthority, request: CaRequest): Promise<{ CRL: string }> {
  const body = parseBody(bodies.gencrl, request.body);
  const { identity } = authenticateByToken(ca, request);
  if (parseGoBoolean(attributeOf(identity.attributes, Hf.genCrl)) !== true) {
    throw newAuthorizationRefusal(CaCode.noGenCrl, `'${identity.id}' may not generate a revocation list`);
  }
  const filter = {
    revokedAfter: body.revokedafter,
    revokedBefore: body.revokedbefore,
    expireAfter: body.expireafter,
    expireBefore: body.expirebefore,
  };
  return { CRL: await generateRevocationList(ca, filter) };
}

/**
 * Signs a list of the revoked certificates that pass the filter.
 *
 * @returns PEM, base64.
 * @throws {@link CaRefusal} 400 with code 36 or 37 when a period ends before it starts.
 */
export async function generateRevocationList(ca: CertificateAuthority, filter: RevocationFilter): Promise<string> {
  if (isReversed(filter.revokedAfter, filter.revokedBefore)) {
    throw new CaRefusal(
      400,
      CaCode.invalidRevokedAfter,
      "Invalid 'revokedafter' value. It must not be a timestamp greater than 'revokedbefore'",
    );
  }
  if (isReversed(filter.expireAfter, filter.expireBefore)) {
    throw new CaRefusal(
      400,
      CaCode.invalidExpireAfter,
      "Invalid 'expireafter' value. It must not be a timestamp greater than 'expirebefore'",
    );
  }
  const revoked = ca.store.listRevoked(filter).map(({ serial, revokedAt }) => ({ serial, revokedAt: revokedAt ?? new Date() }));
  const pem = await newRevocationList(ca.issuer, revoked, ca.settings.revocationListMs);
  return Buffer.from(pem).toString('base64');
}

function isReversed(after: Date | undefined, before: Date | undefined): boolean {
  return after !== undefined && before !== undefined && after > before;
}
