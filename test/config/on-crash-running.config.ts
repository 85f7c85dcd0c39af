// expect: vms[0].restarts.onLimit.start: 'b' runs from boot on; give it autostart: false, so that it waits for 'a'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', restarts: { onLimit: { start: 'b' } } },
    { ...vm, name: 'b' },
  ],
}
