// expect: vms[0].onCrash.start: there is no VM 'fallbak'; did you mean 'fallback'?
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', onCrash: { start: 'fallbak' } },
    { ...vm, name: 'fallback', autostart: false },
  ],
}
