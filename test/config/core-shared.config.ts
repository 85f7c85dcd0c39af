// expect: vms[1].cores[0]: core 2 belongs to VM 'a' already; name a core of its own, or give both a share of it
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel, cores: [2] },
    { name: 'b', memory: '64M', kernel, cores: [2] },
  ],
}
