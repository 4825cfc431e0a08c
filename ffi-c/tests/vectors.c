/*
 * Runs the conformance vectors through the C interface and prints the answers.
 *
 *   vectors CASES ANSWERS
 *
 * The two files are made by `cargo run -p corsac-vectors`, which says what is in them. This program reads the cases and compares what it
 * would print with the answers, which are the core's own: every byte has to be the same. Every text is copied into memory of exactly its
 * length, so that a sanitizer sees a read beyond it.
 */
#include <corsac.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONE, CORS, GUARD, WEBSOCKET, HOST, SCREEN, IMAGE };

/* ---- what is allocated for one case, and given back after it ---- */

static void **blocks;
static size_t block_count;

static void *allocated(size_t size) {
    void *block = malloc(size == 0 ? 1 : size);
    void **more = realloc(blocks, (block_count + 1) * sizeof(*blocks));
    if (block == NULL || more == NULL) {
        fputs("no memory\n", stderr);
        exit(2);
    }
    blocks = more;
    blocks[block_count++] = block;
    return block;
}

static void give_back(void) {
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
}

/* ---- reading the cases ---- */

static const char *next, *end;

static void broken(const char *what) {
    fprintf(stderr, "the cases are broken: %s\n", what);
    exit(2);
}

static size_t number_until(char mark) {
    size_t number = 0;
    while (next < end && *next >= '0' && *next <= '9') {
        number = number * 10 + (size_t)(*next++ - '0');
    }
    if (next == end || *next++ != mark) {
        broken("a number is not ended");
    }
    return number;
}

static size_t number(void) {
    return number_until(' ');
}

static corsac_text text(void) {
    corsac_text read;
    char *copy;
    read.length = number_until(':');
    if ((size_t)(end - next) < read.length) {
        broken("a text is cut");
    }
    copy = allocated(read.length);
    memcpy(copy, next, read.length);
    next += read.length;
    read.bytes = copy;
    return read;
}

static corsac_list list(void) {
    corsac_list read;
    corsac_text *texts;
    size_t i;
    read.count = number();
    texts = allocated(read.count * sizeof(*texts));
    for (i = 0; i < read.count; i++) {
        texts[i] = text();
    }
    read.texts = texts;
    return read;
}

static corsac_config config(void) {
    corsac_config read = CORSAC_CONFIG_INIT;
    read.allow_origins = list();
    read.allow_methods = list();
    read.allow_headers = list();
    read.expose_headers = list();
    read.allow_hosts = list();
    read.allow_content_types = list();
    read.has_max_age = (uint8_t)number();
    read.max_age = (uint32_t)number();
    read.preflight_status = (uint16_t)number();
    read.allow_credentials = (uint8_t)number();
    read.allow_null_origin = (uint8_t)number();
    read.allow_private_network = (uint8_t)number();
    read.static_origin = (uint8_t)number();
    read.minimal_answers = (uint8_t)number();
    read.timing_allow_origin = (uint8_t)number();
    read.dangerously_allow_insecure_origins = (uint8_t)number();
    read.dangerously_allow_public_suffixes = (uint8_t)number();
    read.dangerously_allow_any_port = (uint8_t)number();
    return read;
}

/* ---- the answers: what would be printed is compared with what is expected ---- */

static const char *answer, *answer_end;
static const char *current;
static unsigned long lines;

static void differs(const char *what) {
    size_t rest = (size_t)(answer_end - answer);
    const char *line_end = memchr(answer, '\n', rest);
    size_t length = line_end == NULL ? rest : (size_t)(line_end - answer);
    fprintf(stderr, "%s: %s\n  the core says from here on: %.*s\n", current, what, (int)(length < 900 ? length : 900), answer);
    exit(1);
}

static void say_bytes(const char *bytes, size_t length) {
    if ((size_t)(answer_end - answer) < length || (length > 0 && memcmp(answer, bytes, length) != 0)) {
        fprintf(stderr, "got: %.*s\n", (int)(length < 900 ? length : 900), bytes);
        differs("another answer");
    }
    answer += length;
}

static void say_text(corsac_text said) {
    say_bytes(said.bytes, said.length);
}

static void say(const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    say_bytes(line, strlen(line));
}

static void end_line(void) {
    say_bytes("\n", 1);
    lines++;
}

static void must(corsac_status status) {
    if (status != CORSAC_OK) {
        corsac_text said = corsac_status_text(status);
        fprintf(stderr, "status %d: %.*s\n", (int)status, (int)said.length, said.bytes);
        differs("a function failed");
    }
}

static void say_refusal(uint8_t refusal) {
    if (refusal == 0) {
        say("-");
    } else {
        say_text(corsac_refusal_name(refusal));
    }
}

static void say_problem(const corsac_config *of, const corsac_policy_error *error) {
    size_t length, again;
    char *sentence;
    say("problem ");
    say_text(corsac_option_name(error->option));
    if (error->entry == SIZE_MAX) {
        say(" - ");
    } else {
        say(" %lu ", (unsigned long)error->entry);
    }
    say("%lu ", (unsigned long)error->offset);
    say_text(corsac_policy_error_name(error->kind));
    say(" ");
    must(corsac_describe_error(of, error, NULL, 0, &length));
    sentence = allocated(length);
    must(corsac_describe_error(of, error, sentence, length, &again));
    if (again != length) {
        differs("a sentence has two lengths");
    }
    say_bytes(sentence, length);
    end_line();
}

/* The policy in an image of its own; false where there is none. */
static int compiled(const corsac_config *of, corsac_policy *policy) {
    static const char hex[] = "0123456789abcdef";
    corsac_policy_error error;
    size_t length = 0, written = 0, i;
    uint8_t *image = NULL;
    corsac_status status = corsac_policy_compile(of, NULL, 0, &length, &error);
    if (status == CORSAC_OK) {
        image = allocated(length);
        status = corsac_policy_compile(of, image, length, &written, &error);
    }
    if (status != CORSAC_OK) {
        if (status != CORSAC_ERROR_POLICY) {
            must(status);
        }
        say_problem(of, &error);
        for (i = 0; corsac_policy_problem(of, i, &error) == CORSAC_OK; i++) {
            say_problem(of, &error);
        }
        return 0;
    }
    if (written != length) {
        differs("an image has two lengths");
    }
    say("image ");
    for (i = 0; i < length; i++) {
        char byte[2];
        byte[0] = hex[image[i] >> 4];
        byte[1] = hex[image[i] & 15];
        say_bytes(byte, 2);
    }
    end_line();
    must(corsac_policy_open(image, length, policy));
    return 1;
}

static uint8_t is_even(void *context, corsac_text origin) {
    ++*(unsigned *)context;
    return origin.length % 2 == 0;
}

static void say_because(const corsac_policy *policy, int question, const corsac_fields *fields) {
    size_t length, again;
    char *sentence;
    must(corsac_explain(policy, (uint8_t)question, fields, NULL, 0, &length));
    sentence = allocated(length);
    must(corsac_explain(policy, (uint8_t)question, fields, sentence, length, &again));
    if (again != length) {
        differs("a sentence has two lengths");
    }
    say("because ");
    say_bytes(sentence, length);
    end_line();
}

static void say_decision(const corsac_decision *decision) {
    static const char *const kinds[] = {"not-cors", "preflight", "actual"};
    static const char *const applies[] = {"replace", "append", "merge"};
    static const char *const questions[] = {"-", "cors", "guard", "websocket", "host"};
    size_t i, length, at = 0;
    char *written;
    say("decision %s %d ", kinds[decision->kind], decision->allowed);
    say_refusal(decision->refusal);
    say(" %d %s", decision->status, questions[decision->stopped_by]);
    end_line();
    must(corsac_write_fields(decision, NULL, 0, &length));
    written = allocated(length);
    must(corsac_write_fields(decision, written, length, &length));
    for (i = 0; i < decision->field_count; i++) {
        const corsac_response_field *field = &decision->fields[i];
        corsac_text name = corsac_field_name(field->number, 0);
        size_t line = field->name.length + field->value.length + 2;
        if (name.length != field->name.length || memcmp(name.bytes, field->name.bytes, name.length) != 0) {
            differs("a field has two names");
        }
        say("%s ", applies[field->apply]);
        say_text(field->name);
        say(": ");
        say_text(field->value);
        /* The same as a line of HTTP/1.1. */
        if (length - at < line + 2 || memcmp(written + at + line, "\r\n", 2) != 0 ||
            memcmp(written + at, field->name.bytes, field->name.length) != 0 ||
            memcmp(written + at + line - field->value.length, field->value.bytes, field->value.length) != 0) {
            differs("a field is written another way");
        }
        at += line + 2;
        end_line();
    }
    if (at != length) {
        differs("more is written than there is");
    }
}

static int same(corsac_text one, const char *lower) {
    size_t i, length = strlen(lower);
    if (one.length != length) {
        return 0;
    }
    for (i = 0; i < length; i++) {
        char byte = one.bytes[i];
        if ((byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte) != lower[i]) {
            return 0;
        }
    }
    return 1;
}

/* The same request with its fields picked out; false where a list of names came on several lines, which cannot be said so. */
static int picked(const corsac_fields *fields, corsac_request *request) {
    static const uint32_t repeated[] = {CORSAC_REPEATED_ORIGIN, CORSAC_REPEATED_METHOD, 0, CORSAC_REPEATED_PRIVATE_NETWORK};
    static const char *const names[] = {"origin", "access-control-request-method", "access-control-request-headers",
                                        "access-control-request-private-network"};
    corsac_request begun = CORSAC_REQUEST_INIT;
    corsac_text *places[4];
    size_t i, n;
    *request = begun;
    request->method = fields->method;
    request->ask = fields->ask;
    request->ask_context = fields->ask_context;
    places[0] = &request->origin;
    places[1] = &request->access_control_request_method;
    places[2] = &request->access_control_request_headers;
    places[3] = &request->access_control_request_private_network;
    for (i = 0; i < fields->field_count; i++) {
        for (n = 0; n < 4; n++) {
            if (!same(fields->fields[i].name, names[n])) {
                continue;
            }
            if (places[n]->bytes == NULL) {
                *places[n] = fields->fields[i].value;
            } else if (repeated[n] == 0) {
                return 0;
            } else {
                request->faults |= repeated[n];
            }
        }
    }
    return 1;
}

static void say_same(const corsac_decision *one, const corsac_decision *other) {
    size_t i;
    int are = one->kind == other->kind && one->allowed == other->allowed && one->refusal == other->refusal &&
              one->stopped_by == other->stopped_by && one->status == other->status && one->field_count == other->field_count;
    for (i = 0; are && i < one->field_count; i++) {
        const corsac_response_field *a = &one->fields[i], *b = &other->fields[i];
        are = a->number == b->number && a->apply == b->apply && a->value.length == b->value.length &&
              memcmp(a->value.bytes, b->value.bytes, a->value.length) == 0;
    }
    if (!are) {
        differs("picked-out fields are answered another way");
    }
}

static void answer_cors(const corsac_policy *policy, const corsac_fields *fields) {
    corsac_decision *decision = allocated(sizeof(*decision)), *other = allocated(sizeof(*other));
    corsac_request request;
    must(corsac_decide_fields(policy, fields, decision));
    say_decision(decision);
    say_because(policy, CORSAC_QUESTION_CORS, fields);
    if (picked(fields, &request)) {
        must(corsac_decide(policy, &request, other));
        say_same(decision, other);
    }
}

static void answer_verdict(const corsac_policy *policy, int question, const corsac_fields *fields) {
    corsac_verdict verdict;
    must(question == GUARD       ? corsac_guard(policy, fields, &verdict)
         : question == WEBSOCKET ? corsac_check_websocket(policy, fields, &verdict)
                                 : corsac_check_host(policy, fields, &verdict));
    say("verdict %d ", verdict.passes);
    say_refusal(verdict.refusal);
    say(" %d", verdict.status);
    end_line();
    say_because(policy, question, fields);
}

/* Reads what is asked, and answers it without and with a function of the program's; without a policy it is only read. */
static void asked(const corsac_policy *policy) {
    size_t question = number(), i, with_function;
    corsac_fields fields = CORSAC_FIELDS_INIT;
    corsac_field *array;
    unsigned calls = 0;
    fields.method = text();
    fields.field_count = number();
    array = allocated(fields.field_count * sizeof(*array));
    for (i = 0; i < fields.field_count; i++) {
        array[i].name = text();
        array[i].value = text();
    }
    fields.fields = array;
    fields.scheme = (uint8_t)number();
    fields.refuse_absent_origin = (uint8_t)number();
    fields.own_names = list();
    for (with_function = 0; policy != NULL && with_function < 2; with_function++) {
        fields.ask = with_function ? is_even : NULL;
        fields.ask_context = &calls;
        if (question == CORS) {
            answer_cors(policy, &fields);
        } else if (question == SCREEN) {
            corsac_decision *decision = allocated(sizeof(*decision));
            must(corsac_screen(policy, &fields, decision));
            say_decision(decision);
            say_because(policy, CORSAC_QUESTION_SCREEN, &fields);
        } else {
            answer_verdict(policy, (int)question, &fields);
        }
    }
}

static void one_case(void) {
    corsac_text id = text();
    size_t question = number();
    corsac_policy policy;
    char *name = allocated(id.length + 1);
    memcpy(name, id.bytes, id.length);
    name[id.length] = '\0';
    current = name;
    say_text(id);
    end_line();
    if (question == IMAGE) {
        corsac_text image = text();
        corsac_status status = corsac_policy_open((const uint8_t *)image.bytes, image.length, &policy);
        say("closed %d", status == CORSAC_OK ? 0 : status - CORSAC_ERROR_NOT_AN_IMAGE + 1);
        end_line();
        asked(status == CORSAC_OK ? &policy : NULL);
    } else {
        corsac_config read = config();
        int is_policy = compiled(&read, &policy);
        if (question != NONE) {
            asked(is_policy ? &policy : NULL);
        }
    }
    give_back();
}

static char *whole(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    long size;
    char *bytes;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0) {
        perror(path);
        exit(2);
    }
    bytes = malloc((size_t)size + 1);
    if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    *length = (size_t)size;
    return bytes;
}

int main(int argc, char **argv) {
    size_t length;
    unsigned long cases = 0;
    char *case_bytes, *answer_bytes;
    if (argc != 3) {
        fputs("vectors CASES ANSWERS\n", stderr);
        return 2;
    }
    case_bytes = whole(argv[1], &length);
    next = case_bytes;
    end = case_bytes + length;
    answer_bytes = whole(argv[2], &length);
    answer = answer_bytes;
    answer_end = answer_bytes + length;
    while (next < end) {
        one_case();
        cases++;
    }
    if (answer != answer_end) {
        current = "after the last case";
        differs("there are more answers");
    }
    printf("%lu cases, %lu lines of answers: all as the core's\n", cases, lines);
    free(case_bytes);
    free(answer_bytes);
    free(blocks);
    return 0;
}
