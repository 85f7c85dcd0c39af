/** The board's GPIO block, as the bundle names it: `gpio = <kind address-high address-low INTID ...>`. */

/** Raspberry Pi's: "BCM2711 ARM Peripherals", "General Purpose I/O (GPIO)". Its pins 0 to 31. */
export const GPIO_KIND_BCM = 1
/** DDI 0190, "PrimeCell GPIO (PL061)". */
export const GPIO_KIND_PL061 = 2
export const GPIO_INTERRUPTS_MOST = 4
/** Lines of one VM. */
export const GPIO_LINES_MOST = 32
