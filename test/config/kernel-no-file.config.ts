// expect: vms[0].kernel: there is no file
export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: './no-such-Image' }],
}
