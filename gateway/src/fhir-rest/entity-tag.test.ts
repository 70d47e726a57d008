import { formatEntityTag, parseEntityTags } from './entity-tag';

describe('entity tags', () => {
  it.each([
    ['W/"3"', ['3']],
    ['"3"', ['3']],
    ['3', ['3']],
    ['*', ['*']],
    ['W/"1", "2" ,3', ['1', '2', '3']],
    ['W/"3', undefined],
    ['', undefined],
    ['"a b"', undefined],
  ])('are read with or without quotes and weakness: %s', (header, versions) => {
    expect(parseEntityTags(header)).toEqual(versions);
  });

  it('are written weak', () => {
    expect(formatEntityTag(3)).toBe('W/"3"');
  });
});
