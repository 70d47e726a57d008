import { translateAnswer } from './translate-answer';

const domain = (code: string): string => `chaincode response 500, {"code":"${code}","details":{},"message":"no"}`;
const detail = (message: string): { mspId: string; message: string } => ({ mspId: 'AlphaMSP', message });

describe('translateAnswer', () => {
  it("reads the chaincode's error from the details first", () => {
    const answer = translateAnswer({ code: 10, message: domain('PATIENT_NOT_FOUND'), details: [detail(domain('RELATION_NOT_FOUND'))] }, 0);
    expect(answer).toMatchObject({ kind: 'final', error: { code: 'RELATION_NOT_FOUND', category: 'not-found' } });
  });

  it('reads it from the message when there are no details, as evaluate gives it', () => {
    const answer = translateAnswer(
      { code: 2, message: `2 UNKNOWN: evaluate call to endorser returned error: ${domain('CONSENT_NOT_FOUND')}`, details: [] },
      0,
    );
    expect(answer).toMatchObject({ kind: 'final', error: { code: 'CONSENT_NOT_FOUND' } });
  });

  it('takes a refusal by some of the named organisations for a lagging peer, by all for the answer', () => {
    const one = { code: 10, message: 'failed', details: [detail(domain('GROUP_NOT_CLOSED'))] };
    expect(translateAnswer(one, 2).kind).toBe('lag');
    expect(translateAnswer({ ...one, details: [...one.details, ...one.details] }, 2).kind).toBe('final');
  });

  it('never guesses between organisations that give different codes', () => {
    const answer = translateAnswer(
      { code: 10, message: '', details: [detail(domain('GROUP_NOT_CLOSED')), detail(domain('RECORD_NOT_FOUND'))] },
      2,
    );
    expect(answer).toMatchObject({ kind: 'lag', error: { code: 'LEDGER_UNKNOWN' } });
  });

  it('takes different results for a lag', () => {
    const answer = translateAnswer({ code: 10, message: 'failed', details: [detail('ProposalResponsePayloads do not match')] }, 2);
    expect(answer).toMatchObject({ kind: 'lag', error: { code: 'LEDGER_UNKNOWN' } });
  });

  it.each([4, 9, 14])('takes gRPC status %i for an unavailable ledger', (code) => {
    expect(translateAnswer({ code, message: 'failed to find any endorsing peers', details: [] }, 0)).toMatchObject({
      kind: 'unavailable',
      error: { code: 'LEDGER_UNAVAILABLE', category: 'unavailable' },
    });
  });

  it('takes a peer that could not run the chaincode for unavailable', () => {
    const text = 'error in simulation: failed to execute transaction: could not launch chaincode';
    expect(translateAnswer({ code: 10, message: 'failed', details: [detail(text)] }, 0).kind).toBe('unavailable');
  });

  it.each(['chaincode response 500, boom', 'chaincode response 500, {"code":"NO_SUCH_CODE","details":{},"message":"x"}'])(
    'answers LEDGER_UNKNOWN for text that is not one of our errors: %s',
    (text) => {
      expect(translateAnswer({ code: 10, message: 'failed', details: [detail(text)] }, 0)).toMatchObject({
        kind: 'final',
        error: { code: 'LEDGER_UNKNOWN', category: 'internal' },
      });
    },
  );
});
