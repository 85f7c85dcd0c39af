// expect: confirm.after: 'soon' is no duration; write one such as '30s'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  confirm: { after: 'soon' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), critical: true }],
}
