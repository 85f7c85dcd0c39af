// expect: is a folder; name a file in it
export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: '.' }],
}
