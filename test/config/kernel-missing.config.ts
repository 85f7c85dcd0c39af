// expect: vms[0].kernel: is missing; write kernel: 'path/to/Image'
export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', bootargs: 'quiet' }],
}
