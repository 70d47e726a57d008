import type { TestGateway } from './test-consortium';

/** Lets a gateway's peer have nothing of what is sealed under names that hold a text, as one that gets it later than what is public. */
export function hideSealed({ carrier }: TestGateway, name: string): jest.SpyInstance {
  const evaluate = carrier.evaluate.bind(carrier);
  return jest.spyOn(carrier, 'evaluate').mockImplementation(async (call) => {
    const answer = await evaluate(call);
    return call.transaction === 'ReadSealed' && JSON.stringify(call.request).includes(name) ? withoutEnvelopes(answer) : answer;
  });
}

/** An answer in which nothing is stored. */
export function withoutEnvelopes(answer: string): string {
  const { values } = JSON.parse(answer) as { readonly values: readonly object[] };
  return JSON.stringify({ values: values.map((value) => ({ ...value, envelope: null })) });
}
