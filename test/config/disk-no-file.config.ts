// expect: vms[0].devices: there is no file test/config/rootfs.ext4; check the path: it starts from the config's folder
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.block({ image: 'rootfs.ext4' })] }],
}
