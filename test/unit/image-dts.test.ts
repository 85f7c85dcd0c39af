/** Guest device trees, compiled and read back as a guest would. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadBoard } from '../../tool/config/board.ts'
import { compileDts } from '../../tool/image/device-tree.ts'
import { type GuestTree, guestDts } from '../../tool/image/guest-dts.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-dts-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** `fdtget`'s answers, one a line; several `node property` pairs at once. */
async function read(tree: Partial<GuestTree>, type: 's' | 'x', ...names: string[]): Promise<string[]> {
  const dts = guestDts({ gic: 3, cpus: 1, memory: 2 ** 28, devices: ['uart', 'rtc'], ...tree })
  const file = join(folder, 'guest.dtb')
  writeFileSync(file, await compileDts(dts))
  return execFileSync('fdtget', ['-t', type, file, ...names], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
}

describe('a guest finds', () => {
  it('its RAM, above 4 GiB too', async () => {
    expect(await read({ memory: 5 * 2 ** 30 }, 'x', '/memory@40000000', 'reg')).toEqual(['0 40000000 1 40000000'])
  })

  it('its vCPUs and PSCI by HVC', async () => {
    const names = ['/cpus/cpu@1', 'enable-method', '/psci', 'method', '/psci', 'compatible']
    expect(await read({ cpus: 2 }, 's', ...names)).toEqual(['psci', 'hvc', 'arm,psci-1.0 arm,psci-0.2'])
  })

  it.each([
    [2, 'arm,cortex-a15-gic', '0 8000000 0 10000 0 8010000 0 2000', '1 d 304 1 e 304 1 b 304 1 a 304'],
    [3, 'arm,gic-v3', '0 8000000 0 10000 0 80a0000 0 40000', '1 d 4 1 e 4 1 b 4 1 a 4'],
  ] as const)('a GICv%i and its timers', async (gic, compatible, reg, interrupts) => {
    expect(await read({ gic, cpus: 2 }, 's', '/intc@8000000', 'compatible')).toEqual([compatible])
    const names = ['/intc@8000000', 'reg', '/timer', 'interrupts']
    expect(await read({ gic, cpus: 2 }, 'x', ...names)).toEqual([reg, interrupts])
  })

  it('its command line, whatever stands in it', async () => {
    const bootargs = 'console=ttyAMA0 a="b \\ c" d=\'e\' $HOME `f`'
    expect(await read({ bootargs }, 's', '/chosen', 'bootargs')).toEqual([bootargs])
  })

  it('its initrd', async () => {
    const initrd = { address: 0x4400_0000, size: 0x1234 }
    const names = ['/chosen', 'linux,initrd-start', '/chosen', 'linux,initrd-end']
    expect(await read({ initrd }, 'x', ...names)).toEqual(['0 44000000', '0 44001234'])
  })

  it('its console', async () => {
    const names = ['/chosen', 'stdout-path', '/pl011@9000000', 'clock-names', '/pl031@9010000', 'compatible']
    expect(await read({}, 's', ...names)).toEqual(['/pl011@9000000', 'uartclk apb_pclk', 'arm,pl031 arm,primecell'])
  })

  it('its watchdog, whose counter has the first clock', async () => {
    const names = ['compatible', 'clock-names'].flatMap((name) => ['/watchdog@90f0000', name])
    const without = { devices: [], watchdog: true }
    expect(await read(without, 's', ...names)).toEqual(['arm,sp805 arm,primecell', 'wdog_clk apb_pclk'])
    const numbers = ['/watchdog@90f0000', 'interrupts', '/apb-pclk', 'clock-frequency']
    expect(await read(without, 'x', ...numbers)).toEqual(['0 f 4', '16e3600'])
  })

  it('a node for each virtio slot in use, as on QEMU virt', async () => {
    const names = ['/virtio_mmio@a000000', '/virtio_mmio@a000200'].flatMap((node) => [node, 'reg', node, 'interrupts'])
    expect(await read({ slots: 2 }, 'x', ...names)).toEqual(['0 a000000 0 200', '0 10 1', '0 a000200 0 200', '0 11 1'])
    expect(await read({ slots: 1 }, 's', '/virtio_mmio@a000000', 'compatible')).toEqual(['virtio,mmio'])
    expect(guestDts({ gic: 3, cpus: 1, memory: 2 ** 28, devices: [] })).not.toMatch(/virtio/)
  })

  it("the board's devices that it has to itself, under the board's names, with clocks that stand still", async () => {
    const { devices } = await loadBoard('rpi4')
    const board = (['uart3', 'uart4', 'genet', 'usb'] as const).map((name) => [name, devices![name]!] as const)
    const serial = '/serial@fe201600'
    const names = [serial, 'reg', serial, 'interrupts', '/clock-48000000', 'clock-frequency']
    expect(await read({ board }, 'x', ...names)).toEqual(['0 fe201600 0 200', '0 79 4', '2dc6c00'])
    const texts = [serial, 'compatible', serial, 'clock-names', '/ethernet@fd580000', 'phy-mode']
    expect(await read({ board }, 's', ...texts)).toEqual(['arm,pl011 arm,primecell', 'uartclk apb_pclk', 'rgmii-rxid'])
    // A legacy master has its own name for physical address 0.
    const bus = ['/usb-bus', 'dma-ranges', '/usb-bus/usb@fe980000', 'reg']
    expect(await read({ board }, 'x', ...bus)).toEqual(['0 c0000000 0 0 0 40000000', '0 fe980000 0 10000'])
  })

  it('RAM that begins where the board has it', async () => {
    expect(await read({ ramBase: 0x2000_0000 }, 'x', '/memory@20000000', 'reg')).toEqual(['0 20000000 0 10000000'])
  })

  it('no device that its config leaves out', async () => {
    const dts = guestDts({ gic: 2, cpus: 1, memory: 0x1_0000, devices: [] })
    expect(dts).not.toMatch(/pl0|stdout|clock/)
    await compileDts(dts)
  })
})
