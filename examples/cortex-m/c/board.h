/* What the programs need of the board: to say something to whoever runs the emulator or holds the debugger, and to end. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>

/* Says a text. */
void board_say(const char *bytes, size_t length);

/* Ends the emulator with this exit code. */
_Noreturn void board_exit(int code);

#endif
