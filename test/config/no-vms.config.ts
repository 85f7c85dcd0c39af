// expect: vms: the system has no VM; add one
export default {
  board: 'qemu-virt',
  vms: [],
}
