// expect: confirm: qemu-virt boots no card with two systems; leave it out, or take rpi4
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  confirm: { after: '30s' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), critical: true }],
}
