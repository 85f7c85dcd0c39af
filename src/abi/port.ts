/** What a bundle says of a port in the lower 32 bits of its place: VLAN from bit 16 on, and these. */

/** Any source address may come in here, and unknown destinations go out. */
export const PORT_OPEN = 1
/** A socket device's: its address is a CID, and `rest` a bitmap of the VMs that it is joined with. */
export const PORT_SOCKET = 2
/** Of a template: the address of each VM's follows from that VM's name, and in its stead stands the device's place in the config. */
export const PORT_NAMED = 4
