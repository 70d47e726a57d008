import { status } from '@grpc/grpc-js';
import type { SignedData } from '../msp/identity';
import type { Ledger } from '../store/ledger';
import { GatewayRefusal } from './refusal';

/** @throws GatewayRefusal PERMISSION_DENIED with Fabric's text (core/aclmgmt/resourceprovider.go) */
export function assertAllowed(ledger: Ledger, channelId: string, resource: string, signed: SignedData): void {
  const { channel } = ledger;
  if (channelId !== channel.id)
    throw new GatewayRefusal(status.PERMISSION_DENIED, `Failed to get policy manager for channel [${channelId}]`);
  const reference = channel.acl(resource);
  if (channel.policies.evaluate(reference, [signed]).satisfied) return;
  const name = reference.split('/').at(-1) ?? '';
  const cause = `implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the '${name}' sub-policies to be satisfied`;
  throw new GatewayRefusal(
    status.PERMISSION_DENIED,
    `Failed evaluating policy on signed data during check policy on channel [${channelId}] with policy [${reference}]: [${cause}]`,
  );
}
