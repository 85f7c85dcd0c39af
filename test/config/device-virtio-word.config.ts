// expect: vms[0].devices[1]: 'entropy' is a para-virtual device; write virtio.entropy()
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['uart', 'entropy'] }],
}
