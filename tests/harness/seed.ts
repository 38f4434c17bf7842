/**
 * The same cases of every property in every run, so that what passed once passes again. `OUTPOST_SEED` looks for others.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['OUTPOST_SEED'] ?? 1) });
