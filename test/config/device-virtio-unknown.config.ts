// expect: vms[0].devices[0]: an object does not fit here; write 'uart', 'rtc', virtio.balloon(...), virtio.block(...), virtio.net(...), virtio.socket(...), virtio.console() or virtio.entropy()
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [{ virtio: 'gpu' }] }],
}
