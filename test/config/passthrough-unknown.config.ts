// expect: vms[0].passthrough[0]: rpi4 has no device 'uart6' for VMs; did you mean 'uart0'? (known: uart0, uart2, uart3, uart4, uart5, i2c1, i2c3, i2c4, i2c5, i2c6, spi0, spi3, spi4, spi5, spi6, rng, genet, usb)
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['uart6'] }],
}
