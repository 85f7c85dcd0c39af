// expect: vms[1].cores[0]: core 2 belongs to VM 'a' already; name another, or give 'a' a share of it too
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [2] },
    { memory: '64M', kernel, name: 'b', cores: [2], share: 50 },
  ],
}
