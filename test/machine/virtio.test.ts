/** Para-virtual devices as Debian's unmodified kernel finds them, with its own drivers as modules. */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { type Board, withBoard } from './harness/board.ts'
import { ext4Root } from './harness/ext4.ts'
import { expectNothingMissed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
/** From the initramfs into the file system on the first disk. */
const SWITCH_ROOT = [
  'umount /dev /proc /sys 2>/dev/null',
  'mkdir /disk',
  'mount -t ext4 /dev/vda /disk',
  'exec switch_root /disk /sbin/init',
]
const MODULES = ['virtio_mmio', 'virtio_console', 'virtio-rng']

const LINUX: VmConfig = {
  name: 'linux',
  memory: '192M',
  kernel: debian.kernel(),
  initrd: debian.busyboxInitrd({ modules: MODULES }),
  bootargs: 'console=ttyAMA0 console=hvc0 quiet',
  devices: ['uart', 'rtc', virtio.console(), virtio.entropy()],
  onCrash: 'stop',
}

async function shell(board: Board) {
  await board.line('linux', PROMPT)
  return async (command: string, answer: RegExp) => {
    board.type(`${command}\n`)
    return board.line('linux', answer)
  }
}

test.each([2, 3] as const)('console and entropy, GICv%d', async (gic) => {
  const system = await packed({ name: `virtio-${gic}`, vms: [NEIGHBOUR, LINUX] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    const ask = await shell(board)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    await ask('cat /sys/class/tty/console/active', /^ttyAMA0 hvc0$/)
    await ask('tty', /^\/dev\/hvc0$/)
    board.type('\x1e{"jsonrpc":"2.0","id":1,"method":"size","params":{"vm":"linux","columns":120,"rows":40}}\n')
    await board.heard(/{"jsonrpc":"2.0","id":1,"result".*}/)
    await ask('until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo resized', /^resized$/)
    await ask('cat /sys/class/misc/hw_random/rng_current', /^virtio_rng\.0$/)
    await ask('dd if=/dev/hwrng bs=4096 count=16 2>/dev/null | sha256sum | cut -c1-64', /^[0-9a-f]{64}$/)
    await ask('echo $(dd if=/dev/hwrng bs=4096 count=16 2>/dev/null | gzip | wc -c) bytes', /^6[5-9]\d\d\d bytes$/)
    await ask('grep virtio /proc/interrupts', /GIC\S+ +48 Edge +virtio0$/)
    await ask('for i in $(seq 300); do echo line $i of output; done', /^line 300 of output$/)
    await ask(`echo ${'x'.repeat(90)} | wc -c`, /^91$/)
    board.type('reboot\n')
    await board.report(/^VM 'linux' reset itself; it starts again$/)
    await board.line('linux', PROMPT)
    await ask('echo again: $((6 * 7))', /^again: 42$/)
    board.type('poweroff\n')
    await board.report(/^VM 'linux' powered itself off/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    await expectNothingMissed(board)
    expect(board.lines.filter(({ whole }) => /timing jitter/.test(whole))).toEqual([])
  })
})

test('a console with further ports: a log, and a terminal that has the keyboard when an operator says so', async () => {
  const ports = ['log', { name: 'shell', console: true }]
  const devices: VmConfig['devices'] = ['uart', virtio.console({ ports })]
  const system = await packed({ name: 'virtio-ports', vms: [{ ...LINUX, devices }] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    const ask = await shell(board)
    const port = async (name: string, answer: RegExp) => {
      const request = { jsonrpc: '2.0', id: 1, method: 'port', params: { vm: 'linux', port: name } }
      board.type(`\x1e${JSON.stringify(request)}\n`)
      await board.heard(answer)
    }
    await ask('echo $(cat /sys/class/virtio-ports/*/name)', /^log shell$/)
    await ask('echo to the log > /dev/vport0p1', /^log: to the log$/)
    await ask("setsid sh -c 'exec sh -i </dev/hvc1 >/dev/hvc1 2>&1' & echo begun", /^begun$/)
    await port('none', /"error":{"code":-32019/)
    await port('shell', /"id":1,"result"/)
    await ask('echo here: $(tty)', /^here: \/dev\/hvc1$/)
    await ask('echo there > /dev/hvc0', /^console: there$/)
    await port('console', /"id":1,"result"/)
    await ask('echo back: $(tty)', /^back: \/dev\/hvc0$/)
  })
})

test('an ext4 root that two VMs share, each with its own writes', async () => {
  const image = await ext4Root('virtio-root', 16, { motd: 'as it was\n' })
  const linux = (name: string): VmConfig => ({
    ...LINUX,
    name,
    initrd: debian.busyboxInitrd({ modules: ['virtio_mmio', 'virtio_blk'], lines: SWITCH_ROOT }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.block({ image, overlay: '12M' }), virtio.block({ size: '1M' })],
  })
  const system = await packed({ name: 'virtio-root', vms: [linux('one'), linux('two')], board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    const select = async (name: string) => {
      board.type(`${CTRL_BRACKET}${system.vmNames.indexOf(name) + 1}`)
      await board.report(new RegExp(`^screen and keyboard: ${name}`))
      return async (command: string, answer: RegExp) => {
        board.type(`${command}\n`)
        return board.line(name, answer)
      }
    }
    await Promise.all(['one', 'two'].map((name) => board.line(name, PROMPT)))
    const one = await select('one')
    await one('cut -d" " -f1-3 /proc/mounts | grep vda', /^\/dev\/vda \/ ext4$/)
    await one('cat /sys/block/vda/queue/discard_granularity /sys/block/vdb/size', /^2048$/)
    await one('dd if=/dev/urandom of=/data bs=64k count=96 2>/dev/null; sync; echo done', /^done$/)
    const [, sum] = await one('md5sum /data', /^([0-9a-f]{32}) +\/data$/)
    await one('echo changed > /motd; sync; echo 3 > /proc/sys/vm/drop_caches; md5sum /data', new RegExp(`^${sum} `))
    await one(
      'dd if=/data of=/dev/vdb bs=4k count=256 2>/dev/null; cmp -n 1048576 /data /dev/vdb && echo same',
      /^same$/,
    )
    await one('rm /data; fstrim -v /', /trimmed/)
    await one('dd if=/dev/zero of=/big bs=1M 2>/dev/null; sync; rm /big; dmesg | grep -c "I/O error"', /^[1-9]\d*$/)
    board.type('reboot\n')
    await board.report(/^VM 'one' reset itself; it starts again$/)
    await board.line('one', PROMPT)
    await one('cat /motd', /^changed$/)
    board.type('poweroff\n')
    await board.report(/^VM 'one' powered itself off/)

    const two = await select('two')
    await two('cat /motd', /^as it was$/)
    await two('mount -o remount,ro /; echo $?', /^0$/)
    board.type('poweroff\n')
    await board.report(/^VM 'two' powered itself off/)
  })
})

test('limits: a disk and a source of random numbers that give no more, and nobody waits for them', async () => {
  const linux: VmConfig = {
    ...LINUX,
    initrd: debian.busyboxInitrd({ modules: [...MODULES, 'virtio_blk'] }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: [
      'uart',
      virtio.block({ size: '8M', limit: { bandwidth: '2M' } }),
      virtio.block({ size: '8M', limit: { iops: 50, burst: '20ms' } }),
      virtio.entropy({ limit: { bandwidth: '16K' } }),
    ],
    interrupts: 2000,
  }
  const system = await packed({ name: 'virtio-limit', vms: [NEIGHBOUR, linux] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    const ask = await shell(board)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    // By the guest's own clock, seconds.
    await ask("now() { cut -d' ' -f1 /proc/uptime; }; echo defined", /^defined$/)
    const took = async (command: string) => {
      const [, from, to] = await ask(
        `a=$(now); ${command} 2>/dev/null; echo $a to $(now) s`,
        /^([\d.]+) to ([\d.]+) s$/,
      )
      return Number(to) - Number(from)
    }
    expect(await took('dd if=/dev/vda of=/dev/null bs=64k count=80 iflag=direct')).toBeGreaterThan(2.2)
    expect(await took('dd if=/dev/vdb of=/dev/null bs=4k count=100 iflag=direct')).toBeGreaterThan(1.8)
    expect(await took('dd if=/dev/hwrng of=/dev/null bs=1k count=32')).toBeGreaterThan(1.7)
    await ask(
      'dd if=/dev/urandom of=/data bs=64k count=16 2>/dev/null; dd if=/data of=/dev/vda bs=64k 2>/dev/null; sync; cmp -n 1048576 /data /dev/vda && echo same',
      /^same$/,
    )
    board.type('poweroff\n')
    await board.report(/^VM 'linux' powered itself off/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    await expectNothingMissed(board)
  })
})

test('balloon: a VM gives back 64 MiB and what it does not use, touches it again, and gets all of it back', async () => {
  const linux: VmConfig = {
    ...LINUX,
    cpus: 2,
    initrd: debian.busyboxInitrd({ modules: ['virtio_mmio', 'virtio_balloon'] }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.balloon({ target: '128M' })],
  }
  const vms = [NEIGHBOUR, { ...linux, cores: [2, 3] }]
  const system = await packed({ name: 'virtio-balloon', vms, board: { cpus: 4 } })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    const ask = await shell(board)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    // The driver gives back page by page, in the background.
    const small = 'until grep "balloon_inflate 16384" /proc/vmstat; do sleep 0.1; done; echo shrunk'
    await ask(small, /^shrunk$/)
    await ask('mkdir /t; mount -t tmpfs -o size=150m none /t; cd /t; echo mounted', /^mounted$/)
    await ask('dd if=/dev/urandom of=data bs=50k count=40 2>/dev/null; md5sum data > sum; echo written', /^written$/)
    await ask('dd if=/dev/zero of=gone bs=1M count=30 2>/dev/null; rm gone; echo removed', /^removed$/)
    const givenBack = async () => {
      board.type(`${CTRL_BRACKET}:explain linux\r`)
      const [, kib] = await board.report(/^linux: vCPU 0 on CPU 2: .*; (\d+) KiB of its RAM given back/)
      return Number(kib)
    }
    // The balloon's 64 MiB at once; what is free is reported some seconds of the guest's later.
    expect(await givenBack()).toBeGreaterThanOrEqual(65_536)
    while ((await givenBack()) < 65_536 + 16_384) await ask('sleep 1; echo waited', /^waited$/)
    await ask(
      'dd if=/dev/urandom of=again bs=100k count=40 2>/dev/null; md5sum again >> sum; md5sum -c sum',
      /^again: OK$/,
    )
    await ask('rmmod virtio_balloon; grep balloon_deflate /proc/vmstat', /^balloon_deflate 16384$/)
    await ask('dd if=/dev/urandom of=all bs=100k count=80 2>/dev/null; md5sum all >> sum; md5sum -c sum', /^all: OK$/)
    board.type('reboot\n')
    await board.report(/^VM 'linux' reset itself; it starts again$/)
    await board.line('linux', PROMPT)
    await ask(small, /^shrunk$/)
    board.type('poweroff\n')
    await board.report(/^VM 'linux' powered itself off/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    await expectNothingMissed(board)
  })
})
