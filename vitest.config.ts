import { configDefaults, defineConfig } from 'vitest/config';

const INTEGRATION = '**/*.integration.test.ts';
const REPOSITORY = 'packages/testing/src';

// A busy machine is no failure: a test that never ends is.
const UNIT_TIMEOUT_MS = 30_000;
// Slow tests start processes, chains and browsers; two files at a time keep a small machine honest.
const slow = { testTimeout: 120_000, hookTimeout: 180_000, maxWorkers: 2 };

function project(
  name: string,
  test: { include: string[]; exclude?: string[]; testTimeout?: number; hookTimeout?: number },
) {
  const exclude = [...configDefaults.exclude, ...(test.exclude ?? [])];
  return { test: { name, setupFiles: [`${REPOSITORY}/fixed-seed.ts`], ...test, exclude } };
}

export default defineConfig({
  test: {
    projects: [
      project('unit', {
        include: ['{packages,apps}/*/{src,test,scripts}/**/*.test.ts', 'bench/**/*.test.ts'],
        exclude: [INTEGRATION, `${REPOSITORY}/docs/**`, `${REPOSITORY}/packages/**`],
        testTimeout: UNIT_TIMEOUT_MS,
        hookTimeout: UNIT_TIMEOUT_MS,
      }),
      project('integration', { include: [`{packages,apps}/*/{src,test}/${INTEGRATION}`], ...slow }),
      project('docs', { include: [`${REPOSITORY}/docs/**/*.test.ts`], ...slow }),
      project('packages', { include: [`${REPOSITORY}/packages/**/*.test.ts`], ...slow }),
    ],
  },
});
