// expect: vms[0].kernel: 12 does not fit here; write kernel: 'path/to/Image'
export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: 12 }],
}
