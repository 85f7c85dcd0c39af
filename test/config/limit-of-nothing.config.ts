// expect: vms[0].devices[0].limit: a limit of what; name iops, bandwidth, or both: limit: { iops: 500, bandwidth: '10M' }
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.entropy({ limit: {} })] }],
}
