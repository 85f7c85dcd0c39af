// expect: vms[1].passthrough[0]: i2c6 and VM 'a''s i2c1 raise the same interrupt, 149 (SPI 117), and nobody can tell whose it is; give both to one VM, or use another device
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [
    { name: 'a', memory: '64M', kernel, passthrough: ['i2c1'] },
    { name: 'b', memory: '64M', kernel, passthrough: ['i2c6'] },
  ],
}
