/**
 * Writes `docs/api.md`; run by `docs.mjs` on the pinned Node.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPage, readApi } from './api.ts';
import { ROOT } from './setup.mjs';

writeFileSync(join(ROOT, 'docs/api.md'), apiPage(readApi()));
