// expect: vms[1].devices[0]: VM 'a' has partition 'root' already; give each its own, or make all of them readOnly
// expect: vms[1].devices[1]: VM 'a' has a part of 'main', and one of the two is the whole disk 'main'; give each a partition of its own
// expect: vms[1].devices[2]: this VM has a part of 'main', and one of the two is the whole disk 'main'; give each a partition of its own
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())
const block = (partition?: string | number, readOnly?: boolean) =>
  virtio.block({
    disk: 'main',
    ...(partition !== undefined && { partition }),
    ...(readOnly !== undefined && { readOnly }),
  })

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel, devices: [block('root'), block(7, true)] },
    { name: 'b', memory: '64M', kernel, devices: [block('root', true), block(), block(7, true)] },
  ],
}
