import { expect, test } from 'vitest';
import { answerFromText, textFromAnswer, toggled } from './typed.ts';

test('a number typed with a point or a comma is a number', () => {
  expect(answerFromText('decimal', '1.5')).toBe(1.5);
  expect(answerFromText('decimal', ' 1,5 ')).toBe(1.5);
  expect(answerFromText('decimal', '.5')).toBe(0.5);
  expect(answerFromText('integer', '-3')).toBe(-3);
  expect(answerFromText('integer', '12.')).toBe(12);
});

test('what is no number is kept as it was typed, never turned into one', () => {
  expect(answerFromText('integer', '12 kg')).toBe('12 kg');
  expect(answerFromText('integer', '0x10')).toBe('0x10');
  expect(answerFromText('decimal', '1e9')).toBe('1e9');
  expect(answerFromText('integer', '-')).toBe('-');
  expect(answerFromText('integer', '12345678901234567891')).toBe('12345678901234567891');
});

test('a text of digits stays a text', () => {
  expect(answerFromText('text', '007')).toBe('007');
});

test('nothing but spaces is no answer', () => {
  expect(answerFromText('text', '  ')).toBe(null);
  expect(textFromAnswer(null)).toBe('');
});

test('ticked choices stand in the order of the list, and none is no answer', () => {
  const order = ['a', 'b', 'c'];
  expect(toggled(['c'], 'a', true, order)).toEqual(['a', 'c']);
  expect(toggled(['a', 'c'], 'a', false, order)).toEqual(['c']);
  expect(toggled(['c'], 'c', false, order)).toBe(null);
  expect(toggled(null, 'b', true, order)).toEqual(['b']);
});
