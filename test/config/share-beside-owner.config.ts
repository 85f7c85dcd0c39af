// expect: vms[1].cores[0]: core 2 is shared by VM 'a', and this VM wants it alone; name a core of its own, or add its share, such as share: 20
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [2], share: 50 },
    { memory: '64M', kernel, name: 'b', cores: [2] },
  ],
}
