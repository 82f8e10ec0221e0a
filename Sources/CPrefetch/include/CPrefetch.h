#pragma once
// Asks the processor for the cache line at `address`; a hint that can never fault.
static inline void tcptriage_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }
