// expect: confirm: it waits for critical VMs, and there is none; mark a VM: critical: true
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  confirm: { after: '30s' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()) }],
}
