// expect: vms[0].onCrash: 'sometimes' does not fit here; write 'restart', 'stop', 'reboot-board' or { start: 'another-vm' }
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [{ ...vm, name: 'a', onCrash: 'sometimes' }],
}
