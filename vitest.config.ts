/** The tests in parts: shape of the sources, modules on the desk, the host tool, its page in a browser, images on QEMU, the long ones of these. */
import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/sequence.ts'

const MINUTE = 60_000
/** Tests of the host tool and of the build that it does. */
const TOOL = 'test/unit/{cli,compile,config,image,page}-*.test.ts'
/** Guests in QEMU that take minutes of its time, one by one: each night. */
const LONG = ['gdb', 'trace', 'virtio-network-fault', 'virtio-storage-fault', 'virtio-uplink-fault'].map(
  (name) => `test/machine/${name}.test.ts`,
)
/** By default vitest leaves a core idle: on two, that is half of them. What one file imports, others need too: `isolate`. */
const DESK = { testTimeout: MINUTE, hookTimeout: MINUTE, maxWorkers: '100%', isolate: false }

export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: { name: 'shape', include: ['test/shape/**/*.test.ts'] },
      },
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts'],
          exclude: [TOOL],
          pool: 'threads',
          globalSetup: ['test/unit/build-wasm.ts'],
          ...DESK,
        },
      },
      {
        test: { name: 'tool', include: [TOOL], globalSetup: ['test/unit/build-wasm.ts'], ...DESK },
      },
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          globalSetup: ['test/unit/build-wasm.ts'],
          ...DESK,
        },
      },
      {
        test: {
          name: 'machine',
          include: ['test/machine/**/*.test.ts'],
          exclude: LONG,
          testTimeout: 3 * MINUTE,
          hookTimeout: 3 * MINUTE,
          // Two QEMUs at a time: more would only slow each other down.
          maxWorkers: 2,
          isolate: false,
        },
      },
      {
        test: { name: 'long', include: LONG, testTimeout: 5 * MINUTE, hookTimeout: 5 * MINUTE, maxWorkers: 1 },
      },
    ],
  },
})
