import { expect, test } from 'vitest';
import { PHONE } from '../testing/people.ts';
import { deviceOf } from './devices.ts';

test('a device in the words of its User-Agent', () => {
  const words = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    PHONE,
    'curl/8',
  ].map((userAgent) => Object.values(deviceOf(userAgent)));
  expect(words).toEqual([['Safari', 'iPhone'], ['Edge', 'Windows'], ['Firefox', 'Linux'], ['Chrome', 'Android'], [null, null]]);
});
