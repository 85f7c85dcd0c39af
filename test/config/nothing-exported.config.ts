// expect: nothing is exported; write export default defineSystem({ ... })
export const system = { board: 'qemu-virt', vms: [] }
