import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ServerId } from '../../protocol/index.ts';
import { KeptVersions } from './versions.ts';

const reference = (id: string, version = 1) => ({ workspace: 'w', id, version });
const referenced = (id: string, version = 1) => ({ serverId: v.parse(ServerId, id), version, attributes: { title: `${id}@${version}` } });

test('a version is read once: under its ServerId, in its workspace, and not under a temporary id, which may come to mean another', () => {
  const versions = new KeptVersions();
  versions.keep([
    [reference('s1'), referenced('s1')],
    [reference('temporary'), referenced('s2')],
    [reference('missing'), null],
  ]);
  const asked = [reference('s1'), reference('s1', 2), { ...reference('s1'), workspace: 'other' }, reference('temporary'), reference('s2'), reference('missing')];
  expect(versions.split(asked)).toEqual({ known: [[reference('s1'), referenced('s1')]], others: asked.slice(1) });
});

test('the longest known is forgotten, so that many questionnaires do not fill the memory', () => {
  const versions = new KeptVersions();
  for (let n = 1; n <= 21; n += 1) versions.keep([[reference('s1', n), referenced('s1', n)]]);
  expect(versions.split([reference('s1', 1), reference('s1', 2), reference('s1', 21)]).others).toEqual([reference('s1', 1)]);
});
