// expect: vms[0].trustedDma: genet can read and write all memory, Bulkhead's and every VM's, and no IOMMU is before it; write trustedDma: true if you trust this VM's guest with everything
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['genet'] }],
}
