import { findType } from '../validation';

/** Whether elements of a type hold a resource: any one, or of one type. */
export function isResource(type: string): boolean {
  return type === 'Resource' || findType(type)?.kind === 'resource';
}
