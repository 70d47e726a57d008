import { DevnetError, type DevnetErrorCode } from '../devnet-error';
import type { ControlAddress } from './control-door';

interface Answer {
  readonly result?: unknown;
  readonly error?: {
    readonly code: DevnetErrorCode;
    readonly message: string;
    readonly details: Readonly<Record<string, string | number>>;
  };
}

/**
 * Calls a verb of another process's devnet; the result as the verb returned it (JSON).
 * @throws DevnetError as the verb threw it; DEVNET_CLOSED when nobody answers
 */
export async function callControl(address: ControlAddress, verb: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const answer = await post(address, verb, args);
  if (answer.error !== undefined) throw new DevnetError(answer.error.code, answer.error.message, answer.error.details);
  return answer.result;
}

async function post({ url, token }: ControlAddress, verb: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
  try {
    const response = await fetch(`${url}/${verb}`, {
      method: 'POST',
      // A connection kept for the next call might be closed by the other side at the moment of that call.
      headers: { authorization: `Bearer ${token}`, connection: 'close' },
      body: JSON.stringify(args),
    });
    return (await response.json()) as Answer;
  } catch (error) {
    throw new DevnetError('DEVNET_CLOSED', `no devnet answers at ${url}: ${error instanceof Error ? error.message : String(error)}`, {
      url,
    });
  }
}
