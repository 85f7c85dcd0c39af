// expect: vms[0].devices[0].lines: a GPIO without lines; name some: lines: { led: 17 }
// expect: vms[1].devices[0].lines.the led: a line is named by a letter and more of A-Z, a-z, 0-9, _ and -; write a name such as 'led'
// expect: vms[2].devices[0].lines.led: -1 is no pin; write the number that the board has for it
// expect: vms[3].devices: a VM has one GPIO; name all of its lines in one virtio.gpio()
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())
const one = (name: string, lines: Record<string, number>) => {
  return { name, memory: '64M', kernel, devices: [virtio.gpio({ lines })] }
}

export default {
  board: 'qemu-virt',
  vms: [
    one('a', {}),
    one('b', { 'the led': 1 }),
    one('c', { led: -1 }),
    {
      name: 'd',
      memory: '64M',
      kernel,
      devices: [virtio.gpio({ lines: { led: 3 } }), virtio.gpio({ lines: { key: 4 } })],
    },
  ],
}
