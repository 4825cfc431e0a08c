/*
 * Start-up and semihosting of a Cortex-M3. See "Semihosting for AArch32 and AArch64" of Arm's ABI.
 */
#include "board.h"

#include <stdint.h>

enum { SYS_WRITEC = 0x03, SYS_EXIT_EXTENDED = 0x20, STOPPED_APPLICATION_EXIT = 0x20026 };

static int semihosting(int operation, const void *argument) {
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void board_say(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        semihosting(SYS_WRITEC, &bytes[i]);
    }
}

void board_exit(int code) {
    const uint32_t block[2] = {STOPPED_APPLICATION_EXIT, (uint32_t)code};
    semihosting(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

int main(int argc, char **argv);

extern uint32_t data_start[], data_end[], bss_start[], bss_end[];
extern const uint32_t data_image[];

void reset(void);

void reset(void) {
    const uint32_t *from = data_image;
    for (uint32_t *to = data_start; to < data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = bss_start; to < bss_end; to++) {
        *to = 0;
    }
    /* The names of the two files in files.c; a program without files has no use for them. */
    static char name[] = "vectors", cases[] = "cases", answers[] = "answers";
    static char *arguments[] = {name, cases, answers, NULL};
    board_exit(main(3, arguments));
}

/* A fault, or an interrupt that nobody has asked for. */
static void fault(void) {
    static const char text[] = "fault\n";
    board_say(text, sizeof text - 1);
    board_exit(3);
}

extern uint32_t stack_top[];

/* The first sixteen entries of the table of a Cortex-M3; no other interrupt is on. */
__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handlers[15])(void);
} vectors = {stack_top, {reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault}};
