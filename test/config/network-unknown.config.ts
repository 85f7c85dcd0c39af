// expect: vms[0].devices[1].network: the system has no network 'lab'; did you mean 'lan'?
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['uart', virtio.net({ network: 'lab' })] }],
}
