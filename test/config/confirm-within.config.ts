// expect: confirm.within: 30s leave no time to begin in; write '35s' or more
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  confirm: { after: '30s', within: '30s' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), critical: true }],
}
