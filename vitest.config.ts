import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocol,forms,src,sw,server,scripts,bench}/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['{tests,bench}/{browser,engines}/**'],
          setupFiles: ['tests/harness/seed.ts'],
          // No test asserts how long something takes, so a machine that is busy with other things is no failure.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['{tests,bench}/browser/**/*.test.ts'],
          globalSetup: ['scripts/browser.mjs'],
          // One browser at a time: two of them on a small machine slow each other into their deadlines.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'engines',
          include: ['tests/engines/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
