// Memory that this process may still take: what the system has free, or what is left to a container.

export const freeBytes = (): number => process.availableMemory();
