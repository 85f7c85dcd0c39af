// expect: vms[0].autostart: confirm waits for 'a', which boot does not start; drop its autostart: false, or its critical: true
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  confirm: { after: '30s' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), critical: true, autostart: false }],
}
