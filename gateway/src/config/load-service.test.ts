import { loadService } from './load-service';

const problemsOf = (env: Record<string, string>): string => {
  const problems: string[] = [];
  loadService(env, problems);
  return problems.join('\n');
};

describe('loadService', () => {
  it('listens to no foreign origin and believes no proxy unless it is told', () => {
    expect(loadService({}, [])).toMatchObject({ corsOrigins: [], trustedProxies: [], drain: { noticeMs: 0, withinMs: 7_000 } });
    const env = { MEDACCORD_CORS_ORIGINS: 'https://a.example, http://localhost:8080', MEDACCORD_TRUSTED_PROXIES: '10.0.0.0/8,::1' };
    expect(loadService(env, [])).toMatchObject({
      corsOrigins: ['https://a.example', 'http://localhost:8080'],
      trustedProxies: ['10.0.0.0/8', '::1'],
    });
  });

  it.each(['*', 'https://*.example', 'https://a.example/', 'https://a.example:443', 'a.example', 'null'])(
    'takes no pattern and nothing but an origin: %s',
    (origin) => {
      expect(problemsOf({ MEDACCORD_CORS_ORIGINS: origin })).toContain('MEDACCORD_CORS_ORIGINS');
    },
  );

  it.each(['true', '*', '1', '10.0.0.0/33', 'proxy.example', '10.0.0.0/8/8'])('takes no proxy but by address: %s', (proxy) => {
    expect(problemsOf({ MEDACCORD_TRUSTED_PROXIES: proxy })).toContain('MEDACCORD_TRUSTED_PROXIES');
  });

  it.each(['http://billing.example', 'https://billing.example/hook', 'https://*.example', 'localhost:9000'])(
    'sends webhooks to no origin that others on the way can read, nor to a pattern: %s',
    (origin) => {
      expect(problemsOf({ MEDACCORD_WEBHOOK_ORIGINS: origin })).toContain('MEDACCORD_WEBHOOK_ORIGINS');
    },
  );

  it('sends webhooks nowhere unless it is told', () => {
    expect(loadService({}, []).webhooks).toMatchObject({ origins: [], networks: [] });
    const origins = ['https://billing.example', 'http://localhost:9000'];
    expect(loadService({ MEDACCORD_WEBHOOK_ORIGINS: origins.join(',') }, []).webhooks.origins).toEqual(origins);
  });

  it('takes no bound that lets nothing through', () => {
    expect(problemsOf({ MEDACCORD_MAX_READS: '0' })).toContain('MEDACCORD_MAX_READS');
  });
});
