// expect: vms[0].passthrough[0]: uart1 has its interrupt 54 where the VM has its virtio slots; use fewer virtio devices
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'zcu102',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel,
      passthrough: ['uart1'],
      devices: ['uart', ...Array.from({ length: 7 }, () => virtio.entropy())],
    },
  ],
}
