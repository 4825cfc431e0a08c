/*
 * The system calls of newlib for the test of the vectors: two files in flash to read, and output by semihosting.
 */
#include "board.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder is an option of the assembler. */
__asm__(".section .rodata\n"
        ".global cases, cases_end, answers, answers_end\n"
        "cases: .incbin \"cases\"\n"
        "cases_end:\n"
        "answers: .incbin \"answers\"\n"
        "answers_end:\n"
        ".previous\n");

extern const char cases[], cases_end[], answers[], answers_end[];

enum { FIRST_FILE = 3 };

static struct {
    const char *name, *start, *end, *next;
} files[] = {{"cases", cases, cases_end, NULL}, {"answers", answers, answers_end, NULL}};

int _open(const char *path, int flags, int mode) {
    (void)flags, (void)mode;
    for (int i = 0; i < 2; i++) {
        if (strcmp(path, files[i].name) == 0) {
            files[i].next = files[i].start;
            return FIRST_FILE + i;
        }
    }
    errno = ENOENT;
    return -1;
}

int _close(int file) {
    (void)file;
    return 0;
}

int _read(int file, char *to, int length) {
    if (file < FIRST_FILE) {
        return 0;
    }
    int rest = (int)(files[file - FIRST_FILE].end - files[file - FIRST_FILE].next);
    length = length < rest ? length : rest;
    memcpy(to, files[file - FIRST_FILE].next, (size_t)length);
    files[file - FIRST_FILE].next += length;
    return length;
}

off_t _lseek(int file, off_t offset, int whence) {
    if (file < FIRST_FILE) {
        return 0;
    }
    const char *from = whence == SEEK_SET   ? files[file - FIRST_FILE].start
                       : whence == SEEK_END ? files[file - FIRST_FILE].end
                                            : files[file - FIRST_FILE].next;
    files[file - FIRST_FILE].next = from + offset;
    return (off_t)(files[file - FIRST_FILE].next - files[file - FIRST_FILE].start);
}

int _write(int file, const char *from, int length) {
    (void)file;
    board_say(from, (size_t)length);
    return length;
}

int _fstat(int file, struct stat *status) {
    status->st_mode = file < FIRST_FILE ? S_IFCHR : S_IFREG;
    return 0;
}

int _isatty(int file) {
    return file < FIRST_FILE;
}

void *_sbrk(ptrdiff_t more) {
    extern char heap_start[], heap_end[];
    static char *next = heap_start;
    if (more > heap_end - next) {
        errno = ENOMEM;
        return (void *)-1;
    }
    next += more;
    return next - more;
}

_Noreturn void _exit(int code) {
    board_exit(code);
}

/* newlib's abort asks for them; a bare machine has one process and no signals. */
int _getpid(void) {
    return 1;
}

int _kill(int process, int signal) {
    (void)process, (void)signal;
    errno = EINVAL;
    return -1;
}
