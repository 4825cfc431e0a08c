/*
 * A policy in flash, compiled on the host, and decisions by libcorsac without an operating system and without a libc.
 *
 * A device would fill corsac_fields from its server; this program asks about the requests below, compares the answers, and ends with
 * the number of wrong ones.
 */
#include "board.h"
#include "policy.h"

#include <corsac.h>

#include <stddef.h>

enum { MOST_FIELDS = 6 };

#define PANEL "https://panel.example.com"
#define ASKS_FOR(method) {CORSAC_TEXT("Access-Control-Request-Method"), CORSAC_TEXT(method)}
#define FROM(origin) {CORSAC_TEXT("Host"), CORSAC_TEXT("lamp.local")}, {CORSAC_TEXT("Origin"), CORSAC_TEXT(origin)}

/* A request, the status to respond with (0: the application answers), and the value of Access-Control-Allow-Origin (NULL: not sent). */
typedef struct row {
    const char *name;
    corsac_text method;
    corsac_field fields[MOST_FIELDS];
    size_t field_count;
    uint16_t status;
    const char *allow_origin;
} row;

static const row rows[] = {
    {"a page in the policy reads", CORSAC_TEXT("GET"), {FROM(PANEL)}, 2, 0, PANEL},
    {"a page of a pattern reads", CORSAC_TEXT("GET"), {FROM("https://pr-7.preview.example.com")}, 2, 0,
     "https://pr-7.preview.example.com"},
    {"the pattern's base does not", CORSAC_TEXT("GET"), {FROM("https://preview.example.com")}, 2, 0, NULL},
    {"another page does not", CORSAC_TEXT("GET"), {FROM("https://evil.example")}, 2, 0, NULL},
    {"a preflight for PUT", CORSAC_TEXT("OPTIONS"), {FROM(PANEL), ASKS_FOR("PUT")}, 3, 204, PANEL},
    {"a preflight for DELETE", CORSAC_TEXT("OPTIONS"), {FROM(PANEL), ASKS_FOR("DELETE")}, 3, 403, NULL},
    {"a preflight for a name that is not listed", CORSAC_TEXT("OPTIONS"),
     {FROM(PANEL), ASKS_FOR("PUT"), {CORSAC_TEXT("Access-Control-Request-Headers"), CORSAC_TEXT("x-evil")}}, 4, 403, NULL},
    {"two origins", CORSAC_TEXT("GET"), {FROM(PANEL), {CORSAC_TEXT("Origin"), CORSAC_TEXT(PANEL)}}, 3, 0, NULL},
    {"a forged request", CORSAC_TEXT("POST"), {FROM("https://evil.example")}, 2, 403, NULL},
    {"the device's own page acts", CORSAC_TEXT("POST"), {FROM("http://lamp.local")}, 2, 0, NULL},
    {"a rebound name", CORSAC_TEXT("GET"), {{CORSAC_TEXT("Host"), CORSAC_TEXT("evil.example")}}, 1, 421, NULL},
#ifdef PLANTED_MISTAKE
    {"a mistake that has to be found", CORSAC_TEXT("GET"), {FROM("https://evil.example")}, 2, 0, "https://evil.example"},
#endif
};

static size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}

static void say(const char *text) {
    board_say(text, length_of(text));
}

static int is(corsac_text text, const char *expected) {
    size_t i, length = length_of(expected);
    for (i = 0; i < length && i < text.length && text.bytes[i] == expected[i]; i++) {
    }
    return text.length == length && i == length;
}

/* Whether the policy answers a row as it says. */
static int holds(const corsac_policy *policy, const row *row) {
    corsac_fields fields = CORSAC_FIELDS_INIT;
    corsac_decision decision;
    size_t i, sent = 0;
    fields.method = row->method;
    fields.fields = row->fields;
    fields.field_count = row->field_count;
    if (corsac_screen(policy, &fields, &decision) != CORSAC_OK || decision.status != row->status) {
        return 0;
    }
    for (i = 0; i < decision.field_count; i++) {
        if (is(decision.fields[i].name, "Access-Control-Allow-Origin")) {
            sent++;
            if (row->allow_origin == NULL || !is(decision.fields[i].value, row->allow_origin)) {
                return 0;
            }
        }
    }
    return sent == (row->allow_origin != NULL);
}

int main(int argc, char **argv) {
    corsac_policy opened;
    int wrong = 0;
    (void)argc, (void)argv;
    if (corsac_policy_open(policy, POLICY_LEN, &opened) != CORSAC_OK) {
        say("the policy in flash is none\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int held = holds(&opened, &rows[i]);
        wrong += !held;
        say(held ? "ok     " : "WRONG  ");
        say(rows[i].name);
        say("\n");
    }
    return wrong;
}
