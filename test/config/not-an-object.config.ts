// expect: 'qemu-virt' does not fit here; write export default defineSystem(
export default 'qemu-virt'
