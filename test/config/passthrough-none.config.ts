// expect: vms[0].passthrough[0]: rpi5 has no device 'genet' for VMs; known: rng
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi5',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['genet'] }],
}
