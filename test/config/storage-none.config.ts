// expect: vms[0].devices[0].disk: imx8mp-evk has no disk 'main'; use a disk in RAM: virtio.block({ image }) or ({ size })
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'imx8mp-evk',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.block({ disk: 'main' })] }],
}
