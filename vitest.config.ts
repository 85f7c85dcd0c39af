/** The tests in three parts: shape of the sources, modules on the desk, images on QEMU. */
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'shape', include: ['test/shape/**/*.test.ts'] },
      },
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts'],
          globalSetup: ['test/unit/build-wasm.ts'],
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
        },
      },
      {
        test: {
          name: 'machine',
          include: ['test/machine/**/*.test.ts'],
          testTimeout: 3 * MINUTE,
          hookTimeout: 3 * MINUTE,
          // Two QEMUs at a time: more would only slow each other down.
          maxWorkers: 2,
        },
      },
    ],
  },
})
