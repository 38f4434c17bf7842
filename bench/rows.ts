/**
 * The rows that everybody works with: made from a seed, so that each run has the same.
 */
import { chanceOf } from '../tests/harness/chance.ts';
import type { Row } from './contract.ts';

/** How many rows of all are changed in (d). */
export const CHANGED = 10;

const SOURCES = ['piped', 'borehole', 'well', 'spring', 'rain', 'tanker', 'surface'];
const WORDS = 'the pump at market runs only in morning since dry season began and people walk to river when queue is long'.split(' ');

/** A questionnaire that takes these rows, for a server that checks them. */
export const QUESTIONNAIRE = {
  title: 'Water points',
  languages: ['en'],
  published: true,
  questions: [
    { name: 'reference', type: 'text', label: 'Reference', required: true },
    { name: 'community', type: 'text', label: 'Which community is it?', required: true },
    { name: 'households', type: 'integer', label: 'How many households use it?', required: true, constraint: '. >= 0', constraint_message: 'At least 0.' },
    { name: 'source', type: 'select_one', label: 'What kind of source is it?', required: true, choices: SOURCES.map((name) => ({ name, label: name })) },
    { name: 'remark', type: 'text', label: 'What else is there to say?' },
  ],
};

/** @param questionnaireId what all of them name */
export function makeRows(count: number, questionnaireId: string, seed = 1): Row[] {
  const chance = chanceOf(seed);
  const pick = (items: readonly string[]): string => items[Math.floor(chance() * items.length)] ?? '';
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(chance() * 16).toString(16)).join('');
  return Array.from({ length: count }, (_, index): Row => {
    const id = `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
    const minute = String(index % 60).padStart(2, '0');
    return {
      id,
      questionnaireId,
      questionnaireVersion: 1,
      answers: {
        reference: id,
        community: `${pick(WORDS)} ${pick(WORDS)} ${index}`,
        households: Math.floor(chance() * 400),
        source: pick(SOURCES),
        remark: Array.from({ length: 6 }, () => pick(WORDS)).join(' '),
      },
      startedAt: `2026-03-01T09:${minute}:00+02:00`,
      endedAt: `2026-03-01T10:${minute}:00+02:00`,
    };
  });
}

/** What a row's remark becomes when it is edited: as long as it was, and another with every edit. */
export function remarkAfter(remark: string): string {
  const [, edits = '0', text = remark] = /^(\d{3}) (.*)$/s.exec(remark) ?? [];
  return `${String(Number(edits) + 1).padStart(3, '0')} ${text}`;
}
