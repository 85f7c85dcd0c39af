// expect: vms[0].cpu.share: there is no such field; it stands one level up, as vms[0].share
// expect: vms[0].cpu.budget: is missing
// expect: vms[0].cpu.period: is missing
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], share: 80 } }],
}
