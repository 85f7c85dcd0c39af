// expect: confirm.after: 7200s is no time for a trial; write '1s' to '3600s'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  confirm: { after: '7200s' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), critical: true }],
}
