import { Secret, TOTP } from 'otpauth';

const secretBytes = 20;
const periodSeconds = 30;
/** Steps of 30 seconds that a clock may be off, either way (RFC 6238, 5.2). */
const window = 1;

export function newCodeSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** The time step that a code is of (RFC 6238, 6 digits); nothing when it is none, or not newer than the last one taken. */
export function findCodeStep(secret: string, code: string, lastStep: number, now: number): number | undefined {
  const delta = newTotp(secret).validate({ token: code.replaceAll(/\s/g, ''), window, timestamp: now });
  const step = Math.floor(now / 1000 / periodSeconds) + (delta ?? 0);
  return delta === null || step <= lastStep ? undefined : step;
}

/** What an authenticator application takes. */
export function formatCodeAddress(secret: string, issuer: string, userName: string): string {
  return newTotp(secret, issuer, userName).toString();
}

function newTotp(secret: string, issuer = '', label = ''): TOTP {
  return new TOTP({ issuer, label, secret: Secret.fromBase32(secret), digits: 6, period: periodSeconds, algorithm: 'SHA1' });
}
