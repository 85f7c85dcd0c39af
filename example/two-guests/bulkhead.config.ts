/** Linux beside a real-time program: each has a core and memory of its own, and neither can disturb the other. */
import { assemblyscript, debian, defineSystem } from 'bulkhead'

export default defineSystem({
  board: 'qemu-virt',
  vms: [
    {
      name: 'linux',
      cores: [1],
      memory: '256M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({ lines: ['uname -a'] }),
      bootargs: 'console=ttyAMA0 quiet hostname=linux',
    },
    {
      name: 'pulse',
      cores: [0],
      memory: '1M',
      kernel: assemblyscript('../pulse/main.ts'),
      onShutdown: 'restart',
    },
  ],
})
