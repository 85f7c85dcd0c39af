/** Linux on two cores of a Raspberry Pi 4 beside a real-time program: `npx bulkhead image`, or `run` for QEMU. */
import { assemblyscript, debian, defineSystem } from 'bulkhead'

export default defineSystem({
  board: 'rpi4',
  vms: [
    {
      name: 'linux',
      cores: [2, 3],
      memory: '256M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({ lines: ['uname -a'] }),
      bootargs: 'console=ttyAMA0 quiet hostname=linux',
    },
    {
      name: 'pulse',
      cores: [1],
      memory: '1M',
      kernel: assemblyscript('../pulse/main.ts'),
      onShutdown: 'restart',
    },
  ],
})
