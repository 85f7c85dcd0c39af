// expect: vms[1].passthrough[0]: uart4 and VM 'a''s uart3 have their registers in one page, 0xfe201000..0xfe201fff, which cannot be parted; give both to one VM, or use another device
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [
    { name: 'a', memory: '64M', kernel, passthrough: ['uart3'] },
    { name: 'b', memory: '64M', kernel, passthrough: ['uart4'] },
  ],
}
