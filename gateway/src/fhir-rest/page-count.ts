import { newError } from '../problem';

const usual = 20;
const most = 100;

/** How many entries a page of a history has. @throws CodedError REQUEST_INVALID */
export function parsePageCount(value: string | undefined): number {
  if (value === undefined) return usual;
  if (!/^\d{1,9}$/.test(value)) throw newError('REQUEST_INVALID', 'query._count: must be a number');
  return Math.min(Math.max(Number(value), 1), most);
}
