import { readFileSync } from 'node:fs';
import type { Organisation } from '../topology';
import { LifecycleError } from './lifecycle-error';

/** A certificate or key of an organisation, PEM. @throws LifecycleError MATERIAL_MISSING */
export function readMaterial({ title }: Pick<Organisation, 'title'>, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `A certificate or key of ${title} cannot be read: ${(error as Error).message}`;
    const hint = 'Each is made at the organisation’s first start here; whoever administers it elsewhere copies its folder.';
    throw new LifecycleError('MATERIAL_MISSING', message, hint, error);
  }
}
