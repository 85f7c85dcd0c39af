// expect: vms[0].memory: 4 MiB do not hold the kernel (4 KiB from 0x40200000) and the initrd (6 MiB from 0x40400000)
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '4M', kernel: file(image()), initrd: file(new Uint8Array(6 * 2 ** 20)) }],
}
