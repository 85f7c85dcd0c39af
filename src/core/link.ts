/** What the build's join step provides to core: the other modules' instances and their sizes. */

/** Copies data segments into the mapped, zeroed window of VM `vm`'s vmm instance and sets its globals. */
export declare function vmmInstantiate(vm: u32): void
export declare function hostInstantiate(): void
export declare function netInstantiate(): void
/** Bytes of a compartment's window, from its base, that its code and data use; the first page stays unmapped. */
export declare function vmmMemorySize(): u32
export declare function hostMemorySize(): u32
export declare function netMemorySize(): u32
export declare function storageInstantiate(): void
export declare function storageMemorySize(): u32
export declare function uplinkInstantiate(): void
export declare function uplinkMemorySize(): u32
