// expect: vms[0].memory: 16 MiB are too little for U-Boot; write '40M' or more
import { debian } from '../../tool/config/source.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '16M', kernel: debian.uboot() }],
}
