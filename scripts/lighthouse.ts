/**
 * One page through Lighthouse.
 */
import lighthouse from 'lighthouse';
import lighthouseWithPwa from 'lighthouse-pwa';
import * as v from 'valibot';

export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

export interface Audited {
  /** By category, 0 to 100. */
  readonly scores: Readonly<Record<string, number>>;
  /** What is short of perfect, a line each. */
  readonly shortfalls: readonly string[];
}

const Result = v.object({
  runtimeError: v.optional(v.object({ message: v.string() })),
  categories: v.record(v.string(), v.object({ score: v.nullable(v.number()), auditRefs: v.array(v.object({ id: v.string(), weight: v.number() })) })),
  audits: v.record(v.string(), v.object({ id: v.string(), title: v.string(), score: v.nullable(v.number()), scoreDisplayMode: v.string() })),
});

/** As a phone, on the session that the browser behind `port` has. */
export async function auditMobile(url: string, port: number): Promise<Audited> {
  return read(await lighthouse(url, { port, output: 'json', logLevel: 'error', disableStorageReset: true, onlyCategories: [...CATEGORIES] }));
}

/** Lighthouse 10.4.0, the last one that says whether an app can be installed and works offline. */
export async function auditPwa(url: string, port: number): Promise<Audited> {
  return read(await lighthouseWithPwa(url, { port, output: 'json', logLevel: 'error', disableStorageReset: true, onlyCategories: ['pwa'] }));
}

function read(answer: { lhr: unknown } | undefined): Audited {
  const { runtimeError, categories, audits } = v.parse(Result, answer?.lhr);
  if (runtimeError) throw new Error(`Lighthouse could not look at the page: ${runtimeError.message}`);
  const scores = Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]));
  const weighty = Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => id));
  const shortfalls = [...new Set(weighty)].flatMap((id) => {
    const audit = audits[id];
    const counts = audit !== undefined && ['binary', 'numeric', 'metricSavings', 'error'].includes(audit.scoreDisplayMode);
    return counts && (audit.score ?? 0) < 0.9 ? [`${id}: ${audit.title}`] : [];
  });
  return { scores, shortfalls };
}
