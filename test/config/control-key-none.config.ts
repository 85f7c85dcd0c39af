// expect: control.key: there is no file test/config/none.key; make one: (umask 077; openssl rand -hex 32 > test/config/none.key)
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  control: { key: 'none.key' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()) }],
}
