import assert from 'node:assert';
import { STATES } from './src/sync/core/states.ts';
import { execSync } from 'node:child_process'; import { writeFileSync, rmSync } from 'node:fs';
writeFileSync('src/sync/core/ostates.ts', execSync('git show HEAD:src/sync/core/states.ts').toString());
const O = await import('./src/sync/core/ostates.ts'); rmSync('src/sync/core/ostates.ts');
assert.deepStrictEqual(STATES, O.STATES); console.log('same table');
