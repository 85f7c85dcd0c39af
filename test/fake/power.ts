/** Thrown when core has switched the board off. */
export class PowerOff extends Error {}
/** When core has reset it. */
export class Reset extends Error {}
