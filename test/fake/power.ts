/** Thrown when core has switched the board off. */
export class PowerOff extends Error {}
