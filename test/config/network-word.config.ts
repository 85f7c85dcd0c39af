// expect: vms[0].devices[0]: 'net' is a para-virtual device; write virtio.net(
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['net'] }],
}
