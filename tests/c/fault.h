/* Allocation under test: calloc, realloc and free of all objects pass through fault.c (the linker's
   --wrap), which counts what is alive and can be told to fail. */
#ifndef FAULT_H
#define FAULT_H

/* The k-th allocation from now (1 = the next) fails, and no other; 0: none fails. */
void fault_arm(long k);

/* Whether the armed failure happened since fault_arm. */
int fault_happened(void);

/* Blocks allocated through calloc and realloc and not yet freed. */
long fault_alive(void);

#endif
