import { expect, it } from 'vitest';
import { readAdvisories } from './advisories.mjs';

const counted = { info: 0, low: 0, moderate: 0, high: 1, critical: 0, total: 1 };

it('a package with a known hole is named, with how bad it is', () => {
  const report = { vulnerabilities: { leaky: { name: 'leaky', severity: 'high', range: '<2.0.0', fixAvailable: true } }, metadata: { vulnerabilities: counted } };
  expect(readAdvisories(JSON.stringify(report))).toEqual({ kind: 'some', lines: ['leaky <2.0.0: high, there is a fix'] });
});

it('nothing found is nothing found', () => {
  const report = { vulnerabilities: {}, metadata: { vulnerabilities: { ...counted, high: 0, total: 0 } } };
  expect(readAdvisories(JSON.stringify(report))).toEqual({ kind: 'none' });
});

it.each([
  ['a registry without advisories', JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405, error: { summary: '' } }), '405 Method Not Allowed'],
  ['no network', JSON.stringify({ error: { code: 'ENOTFOUND' } }), 'npm gave no answer'],
  ['no npm', '', 'npm gave no answer'],
])('%s was not asked, which is not the same', (_, output, why) => {
  expect(readAdvisories(output)).toEqual({ kind: 'not asked', why });
});
