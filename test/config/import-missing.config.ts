// expect: Cannot find module
// @ts-expect-error: there is no such file
import { kernel } from './no-such-file.ts'

export default { board: 'qemu-virt', vms: [{ name: 'a', memory: '64M', kernel }] }
