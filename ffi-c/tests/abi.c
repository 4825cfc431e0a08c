/*
 * What the vectors do not show: every function with every argument that is wrong, and what it puts out then.
 */
#include <corsac.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults;

static void check(int holds, const char *what, int line) {
    if (!holds) {
        fprintf(stderr, "abi.c:%d: not so: %s\n", line, what);
        faults++;
    }
}
#define CHECK(what) check((what) ? 1 : 0, #what, __LINE__)

static int is(corsac_text text, const char *wanted) {
    return text.bytes != NULL && text.length == strlen(wanted) && memcmp(text.bytes, wanted, text.length) == 0;
}

/* Memory of exactly this size, so that a sanitizer sees an access beyond it; filled with something that is no answer. */
static void *exactly(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) {
        exit(2);
    }
    memset(memory, 0xA5, size);
    return memory;
}

static const corsac_text origins[] = {CORSAC_TEXT("https://app.example.com"), CORSAC_TEXT("https://*.example.org")};
static const corsac_text methods[] = {CORSAC_TEXT("PUT")};

static corsac_config sample(void) {
    corsac_config config = CORSAC_CONFIG_INIT;
    config.allow_origins.texts = origins;
    config.allow_origins.count = 2;
    config.allow_methods.texts = methods;
    config.allow_methods.count = 1;
    return config;
}

static uint8_t *sample_image(size_t *length) {
    corsac_config config = sample();
    uint8_t *image;
    CHECK(corsac_policy_compile(&config, NULL, 0, length, NULL) == CORSAC_OK);
    image = exactly(*length);
    CHECK(corsac_policy_compile(&config, image, *length, length, NULL) == CORSAC_OK);
    return image;
}

static void versions_are_those_of_the_header(void) {
    CHECK(corsac_abi() == CORSAC_ABI);
    CHECK(is(corsac_version(), CORSAC_VERSION));
}

static void compiling(void) {
    corsac_config config = sample();
    corsac_policy_error error;
    size_t length = 7, needed, i;
    uint8_t *memory;

    /* NULL. */
    CHECK(corsac_policy_compile(NULL, NULL, 0, &length, &error) == CORSAC_ERROR_NULL);
    CHECK(length == 0 && error.kind == 0 && error.option == 0 && error.entry == SIZE_MAX);
    CHECK(corsac_policy_compile(&config, NULL, 0, NULL, NULL) == CORSAC_ERROR_NULL);
    CHECK(corsac_policy_compile(&config, NULL, 1, &length, NULL) == CORSAC_ERROR_NULL);

    /* Each size that is too small, and the one that is enough. */
    CHECK(corsac_policy_compile(&config, NULL, 0, &needed, &error) == CORSAC_OK && needed > 0 && error.kind == 0);
    for (i = 0; i < needed; i++) {
        memory = exactly(i);
        CHECK(corsac_policy_compile(&config, memory, i, &length, &error) == CORSAC_ERROR_BUFFER_TOO_SMALL);
        CHECK(length == needed && error.kind == 0);
        free(memory);
    }
    /* More than enough, and at every alignment: an image needs none. */
    for (i = 0; i < 9; i++) {
        corsac_policy policy;
        memory = exactly(needed + 9);
        CHECK(corsac_policy_compile(&config, memory + i, needed + 9 - i, &length, NULL) == CORSAC_OK && length == needed);
        CHECK(memory[i + needed] == 0xA5 || i == 9);
        CHECK(corsac_policy_open(memory + i, length, &policy) == CORSAC_OK);
        free(memory);
    }
    /* A capacity over any memory is told, not believed: nothing is written, as valgrind sees. */
    memory = exactly(4);
    CHECK(corsac_policy_compile(&config, memory, SIZE_MAX, &length, NULL) == CORSAC_ERROR_LENGTH && length == 0);
    CHECK(memory[0] == 0xA5);
    free(memory);
}

static void failing_leaves_no_policy(void) {
    corsac_config config = sample();
    corsac_text twice[2];
    size_t length;
    uint8_t *image = exactly(600), *other;
    corsac_policy policy;
    corsac_policy_error error;
    CHECK(corsac_policy_compile(&config, image, 600, &length, NULL) == CORSAC_OK);
    twice[0] = origins[0];
    twice[1] = origins[0];
    config.allow_origins.texts = twice;
    /* A duplicate is found while the image is written. */
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_OK && length <= 600);
    CHECK(corsac_policy_compile(&config, image, 600, &length, &error) == CORSAC_ERROR_POLICY);
    CHECK(error.kind == CORSAC_POLICY_ERROR_DUPLICATE && error.entry == 1 && error.option == CORSAC_OPTION_ALLOW_ORIGINS);
    CHECK(length == 0);
    CHECK(corsac_policy_open(image, 600, &policy) != CORSAC_OK);
    free(image);
    /* Nowhere to put the length: no image that nobody knows of. */
    other = sample_image(&length);
    CHECK(corsac_policy_compile(&config, other, length, NULL, NULL) == CORSAC_ERROR_NULL);
    CHECK(corsac_policy_open(other, length, &policy) != CORSAC_OK);
    free(other);
    /* What is refused at once. */
    other = sample_image(&length);
    config.max_age = 86401;
    config.has_max_age = 1;
    CHECK(corsac_policy_compile(&config, other, length, &length, &error) == CORSAC_ERROR_POLICY);
    CHECK(error.kind == CORSAC_POLICY_ERROR_MAX_AGE_TOO_LARGE && error.entry == SIZE_MAX);
    CHECK(corsac_policy_open(other, 200, &policy) == CORSAC_ERROR_NOT_AN_IMAGE);
    free(other);
}

static void lists_that_cannot_be_read(void) {
    static const char latin1[] = {'h', 't', 't', 'p', 's', ':', '/', '/', (char)0xFC, '.', 'd', 'e'};
    corsac_config config = CORSAC_CONFIG_INIT;
    corsac_policy_error error;
    corsac_text texts[2];
    size_t length;
    char *odd = exactly(2 * sizeof(corsac_text) + 1);

    config.allow_origins.count = 1;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_NULL && length == 0);
    texts[0] = origins[0];
    texts[1].bytes = NULL;
    texts[1].length = 5;
    config.allow_origins.texts = texts;
    config.allow_origins.count = 2;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_NULL);
    /* No UTF-8 is no ASCII. */
    texts[1].bytes = latin1;
    texts[1].length = sizeof(latin1);
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_POLICY);
    CHECK(error.kind == CORSAC_POLICY_ERROR_NON_ASCII && error.entry == 1 && error.offset == 8);
    CHECK(corsac_policy_problem(&config, 0, &error) == CORSAC_OK && error.kind == CORSAC_POLICY_ERROR_NON_ASCII);
    CHECK(corsac_policy_problem(&config, 1, &error) == CORSAC_ERROR_NUMBER && error.kind == 0);
    /* Lengths and counts over any memory. */
    texts[1].length = SIZE_MAX;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_LENGTH);
    texts[1].length = SIZE_MAX / 2 + 1;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_LENGTH);
    config.allow_origins.count = SIZE_MAX / 8;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_LENGTH);
    /* An array that is not aligned. */
    memcpy(odd + 1, origins, sizeof(origins));
    config.allow_origins.count = 2;
    memset(&config.allow_origins.texts, 0, sizeof(config.allow_origins.texts));
    odd++;
    memcpy(&config.allow_origins.texts, &odd, sizeof(odd));
    odd--;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_MISALIGNED);
    free(odd);
    /* An empty list may be anywhere. */
    config.allow_origins.texts = NULL;
    config.allow_origins.count = 0;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_OK);
    /* An empty text is there, and is a mistake of the operator's. */
    texts[0].bytes = "";
    texts[0].length = 0;
    config.allow_origins.texts = texts;
    config.allow_origins.count = 1;
    CHECK(corsac_policy_compile(&config, NULL, 0, &length, &error) == CORSAC_ERROR_POLICY);
    CHECK(error.kind == CORSAC_POLICY_ERROR_EMPTY);
}

static void sizes_of_structures(void) {
    size_t size, length, i;
    struct {
        corsac_config config;
        char more[4097];
    } later;
    corsac_decision *decision = exactly(sizeof(*decision));
    corsac_request request = CORSAC_REQUEST_INIT;
    corsac_fields fields = CORSAC_FIELDS_INIT;
    uint8_t *image = sample_image(&length);
    corsac_policy policy;
    CHECK(corsac_policy_open(image, length, &policy) == CORSAC_OK);

    /* Shorter ones there never were. Only as many bytes as it says are there, so a sanitizer sees whether more are read. */
    for (size = sizeof(size_t); size < sizeof(corsac_config); size++) {
        char *memory = exactly(size);
        memcpy(memory, &size, sizeof(size));
        CHECK(corsac_policy_compile((const corsac_config *)(void *)memory, NULL, 0, &length, NULL) == CORSAC_ERROR_STRUCT_SIZE);
        free(memory);
    }
    /* Longer ones may come from a later header, if they say nothing there. */
    memset(&later, 0, sizeof(later));
    later.config = sample();
    later.config.struct_size = sizeof(later.config) + 64;
    CHECK(corsac_policy_compile(&later.config, NULL, 0, &length, NULL) == CORSAC_OK);
    for (i = 0; i < 64; i++) {
        later.more[i] = 1;
        CHECK(corsac_policy_compile(&later.config, NULL, 0, &length, NULL) == CORSAC_ERROR_STRUCT_SIZE);
        later.more[i] = 0;
    }
    later.config.struct_size = 4097;
    CHECK(corsac_policy_compile(&later.config, NULL, 0, &length, NULL) == CORSAC_ERROR_STRUCT_SIZE);
    later.config.struct_size = SIZE_MAX;
    CHECK(corsac_policy_compile(&later.config, NULL, 0, &length, NULL) == CORSAC_ERROR_STRUCT_SIZE);

    request.method.bytes = "GET";
    request.method.length = 3;
    request.struct_size = 0;
    CHECK(corsac_decide(&policy, &request, decision) == CORSAC_ERROR_STRUCT_SIZE);
    CHECK(decision->status == 500 && decision->field_count == 0 && decision->allowed == 0);
    fields.method = request.method;
    fields.struct_size = sizeof(corsac_fields) - 1;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_ERROR_STRUCT_SIZE && decision->status == 500);
    CHECK(corsac_screen(&policy, &fields, decision) == CORSAC_ERROR_STRUCT_SIZE && decision->status == 500);
    free(decision);
    free(image);
}

static void opening(void) {
    size_t length, i;
    uint8_t *image = sample_image(&length);
    corsac_policy policy;
    corsac_decision *decision = exactly(sizeof(*decision));
    corsac_request request = CORSAC_REQUEST_INIT;
    request.method.bytes = "GET";
    request.method.length = 3;

    CHECK(corsac_policy_open(NULL, length, &policy) == CORSAC_ERROR_NULL && policy.image == NULL && policy.length == 0);
    CHECK(corsac_policy_open(image, length, NULL) == CORSAC_ERROR_NULL);
    CHECK(corsac_policy_open(image, SIZE_MAX, &policy) == CORSAC_ERROR_LENGTH && policy.image == NULL);
    CHECK(corsac_policy_open(image, 0, &policy) == CORSAC_ERROR_NOT_AN_IMAGE);
    /* Every length but the right one, in memory of exactly that length. */
    for (i = 1; i < length; i++) {
        uint8_t *cut = exactly(i);
        memcpy(cut, image, i);
        CHECK(corsac_policy_open(cut, i, &policy) != CORSAC_OK && policy.image == NULL);
        free(cut);
    }
    /* Every bit. */
    for (i = 0; i < length * 8; i++) {
        corsac_status status;
        image[i / 8] ^= (uint8_t)(1 << i % 8);
        status = corsac_policy_open(image, length, &policy);
        CHECK(i < 48   ? status == CORSAC_ERROR_NOT_AN_IMAGE
              : i < 64 ? status == CORSAC_ERROR_IMAGE_VERSION
              : i < 96 ? status == CORSAC_ERROR_IMAGE_LENGTH
                       : status == CORSAC_ERROR_IMAGE_CHECKSUM);
        /* What was not opened decides nothing. */
        CHECK(corsac_decide(&policy, &request, decision) == CORSAC_ERROR_NULL && decision->status == 500);
        image[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    CHECK(corsac_policy_open(image, length, &policy) == CORSAC_OK && policy.image == image && policy.length == length);
    free(decision);
    free(image);
}

/* A handle that was not made by opening an image: bytes that are too few for any policy decide nothing. */
static void handles(void) {
    uint8_t zeros[300];
    corsac_policy policy;
    corsac_decision decision;
    corsac_request request = CORSAC_REQUEST_INIT;
    memset(zeros, 0, sizeof(zeros));
    request.method.bytes = "GET";
    request.method.length = 3;
    policy.image = zeros;
    for (policy.length = 0; policy.length < 192; policy.length++) {
        CHECK(corsac_decide(&policy, &request, &decision) == CORSAC_ERROR_NOT_AN_IMAGE && decision.status == 500);
    }
    policy.length = SIZE_MAX;
    CHECK(corsac_decide(&policy, &request, &decision) == CORSAC_ERROR_LENGTH && decision.status == 500);
}

/* Structures that are not where they can be. Through memcpy, so that no compiler makes use of it. */
static void misaligned(void) {
    char *memory = exactly(sizeof(corsac_decision) + 1), *odd = memory + 1;
    const corsac_config *config;
    const corsac_request *request;
    const corsac_fields *fields;
    corsac_decision *decision;
    corsac_decision answer;
    corsac_verdict verdict;
    corsac_policy policy;
    size_t length;
    uint8_t *image = sample_image(&length);
    CHECK(corsac_policy_open(image, length, &policy) == CORSAC_OK);
    memcpy(&config, &odd, sizeof(odd));
    memcpy(&request, &odd, sizeof(odd));
    memcpy(&fields, &odd, sizeof(odd));
    memcpy(&decision, &odd, sizeof(odd));
    CHECK(corsac_policy_compile(config, NULL, 0, &length, NULL) == CORSAC_ERROR_MISALIGNED && length == 0);
    CHECK(corsac_decide(&policy, request, &answer) == CORSAC_ERROR_MISALIGNED && answer.status == 500);
    CHECK(corsac_guard(&policy, fields, &verdict) == CORSAC_ERROR_MISALIGNED && !verdict.passes);
    CHECK(corsac_write_fields(decision, NULL, 0, &length) == CORSAC_ERROR_MISALIGNED && length == 0);
    free(image);
    free(memory);
}

static uint8_t answer_of(const corsac_policy *policy, const corsac_fields *fields, uint8_t question) {
    corsac_verdict verdict;
    corsac_decision decision;
    corsac_status status;
    if (question == CORSAC_QUESTION_CORS || question == CORSAC_QUESTION_SCREEN) {
        status = question == CORSAC_QUESTION_CORS ? corsac_decide_fields(policy, fields, &decision)
                                                  : corsac_screen(policy, fields, &decision);
        CHECK(status == CORSAC_OK);
        return question == CORSAC_QUESTION_CORS ? decision.refusal : decision.stopped_by;
    }
    status = question == CORSAC_QUESTION_GUARD ? corsac_guard(policy, fields, &verdict)
                                               : corsac_check_host(policy, fields, &verdict);
    CHECK(status == CORSAC_OK);
    return verdict.refusal;
}

/* Each fault is about the field that it names. */
static void faults_of_fields(void) {
    static const corsac_text types[] = {CORSAC_TEXT("application/json")}, hosts[] = {CORSAC_TEXT("api.example")};
    static const corsac_field list[] = {
        {CORSAC_TEXT("Host"), CORSAC_TEXT("api.example")},
        {CORSAC_TEXT("Origin"), CORSAC_TEXT("https://app.example.com")},
        {CORSAC_TEXT("Content-Type"), CORSAC_TEXT("application/json")},
        {CORSAC_TEXT("Access-Control-Request-Method"), CORSAC_TEXT("PUT")},
    };
    static const struct {
        uint32_t fault;
        const char *method;
        uint8_t question, refusal;
    } cases[] = {
        {0, "POST", CORSAC_QUESTION_HOST, 0},
        {CORSAC_REPEATED_HOST, "POST", CORSAC_QUESTION_HOST, CORSAC_REFUSAL_HOST_REPEATED},
        {CORSAC_TRUNCATED_HOST, "POST", CORSAC_QUESTION_HOST, CORSAC_REFUSAL_HOST_TRUNCATED},
        {0, "POST", CORSAC_QUESTION_GUARD, 0},
        {CORSAC_REPEATED_FETCH_SITE, "POST", CORSAC_QUESTION_GUARD, CORSAC_REFUSAL_FETCH_SITE_REPEATED},
        {CORSAC_TRUNCATED_FETCH_SITE, "POST", CORSAC_QUESTION_GUARD, CORSAC_REFUSAL_FETCH_SITE_TRUNCATED},
        {CORSAC_REPEATED_CONTENT_TYPE, "POST", CORSAC_QUESTION_GUARD, CORSAC_REFUSAL_CONTENT_TYPE_REPEATED},
        {CORSAC_TRUNCATED_CONTENT_TYPE, "POST", CORSAC_QUESTION_GUARD, CORSAC_REFUSAL_CONTENT_TYPE_TRUNCATED},
        {0, "OPTIONS", CORSAC_QUESTION_CORS, 0},
        {CORSAC_REPEATED_METHOD, "OPTIONS", CORSAC_QUESTION_CORS, CORSAC_REFUSAL_METHOD_REPEATED},
        {CORSAC_TRUNCATED_METHOD, "OPTIONS", CORSAC_QUESTION_CORS, CORSAC_REFUSAL_METHOD_TRUNCATED},
        {CORSAC_TRUNCATED_HEADERS, "OPTIONS", CORSAC_QUESTION_CORS, CORSAC_REFUSAL_HEADERS_TRUNCATED},
        {CORSAC_TRUNCATED_ORIGIN, "OPTIONS", CORSAC_QUESTION_CORS, CORSAC_REFUSAL_ORIGIN_TRUNCATED},
        {CORSAC_REPEATED_ORIGIN, "GET", CORSAC_QUESTION_CORS, CORSAC_REFUSAL_ORIGIN_REPEATED},
        /* A GET whose Upgrade is cut counts as a handshake, and the guard would let a GET pass. */
        {CORSAC_REPEATED_ORIGIN, "GET", CORSAC_QUESTION_SCREEN, 0},
        {CORSAC_REPEATED_ORIGIN | CORSAC_TRUNCATED_UPGRADE, "GET", CORSAC_QUESTION_SCREEN, CORSAC_QUESTION_WEBSOCKET},
    };
    corsac_config config = sample();
    corsac_fields fields = CORSAC_FIELDS_INIT;
    corsac_policy policy;
    uint8_t image[1024];
    size_t length, i;
    config.allow_content_types.texts = types;
    config.allow_content_types.count = 1;
    config.allow_hosts.texts = hosts;
    config.allow_hosts.count = 1;
    CHECK(corsac_policy_compile(&config, image, sizeof(image), &length, NULL) == CORSAC_OK);
    CHECK(corsac_policy_open(image, length, &policy) == CORSAC_OK);
    fields.fields = list;
    fields.field_count = 4;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fields.method.bytes = cases[i].method;
        fields.method.length = strlen(cases[i].method);
        fields.faults = cases[i].fault;
        if (answer_of(&policy, &fields, cases[i].question) != cases[i].refusal) {
            fprintf(stderr, "fault %lu: another answer\n", (unsigned long)cases[i].fault);
            faults++;
        }
    }
}

/* The most fields that there can be: each name once, and the requested names on sixteen lines. */
static void as_many_fields_as_there_can_be(void) {
    static const corsac_text any[] = {CORSAC_TEXT("*"), CORSAC_TEXT("authorization")};
    corsac_config config = CORSAC_CONFIG_INIT;
    corsac_fields fields = CORSAC_FIELDS_INIT;
    corsac_field list[19];
    static const corsac_field begin[] = {
        {CORSAC_TEXT("Origin"), CORSAC_TEXT("https://app.example.com")},
        {CORSAC_TEXT("Access-Control-Request-Method"), CORSAC_TEXT("PATCH")},
        {CORSAC_TEXT("Access-Control-Request-Private-Network"), CORSAC_TEXT("true")},
    };
    static const corsac_field line = {CORSAC_TEXT("Access-Control-Request-Headers"), CORSAC_TEXT("x-a")};
    corsac_policy policy;
    corsac_decision *decision = exactly(sizeof(*decision));
    uint8_t image[1024];
    size_t length, i;
    config.allow_origins.texts = origins;
    config.allow_origins.count = 1;
    config.allow_methods.texts = any;
    config.allow_methods.count = 1;
    config.allow_headers.texts = any;
    config.allow_headers.count = 2;
    config.allow_credentials = 255;
    config.allow_private_network = 2;
    config.has_max_age = 128;
    config.max_age = 600;
    CHECK(corsac_policy_compile(&config, image, sizeof(image), &length, NULL) == CORSAC_OK);
    CHECK(corsac_policy_open(image, length, &policy) == CORSAC_OK);
    fields.method.bytes = "OPTIONS";
    fields.method.length = 7;
    memcpy(list, begin, sizeof(begin));
    for (i = 3; i < 19; i++) {
        list[i] = line;
    }
    fields.fields = list;
    fields.field_count = 19;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_OK && decision->allowed == 1);
    CHECK(decision->field_count == 22 && is(decision->fields[21].name, "Vary"));
    CHECK(corsac_write_fields(decision, NULL, 0, &length) == CORSAC_OK && length > 22 * 20);
    free(decision);
}

static uint8_t never(void *context, corsac_text origin) {
    (void)origin;
    *(int *)context = 1;
    return 0;
}

static void deciding(void) {
    size_t length;
    uint8_t *image = sample_image(&length);
    corsac_policy policy;
    corsac_decision *decision = exactly(sizeof(*decision));
    corsac_decision *odd;
    char *memory = exactly(sizeof(*decision) + 1);
    corsac_request request = CORSAC_REQUEST_INIT;
    corsac_fields fields = CORSAC_FIELDS_INIT;
    corsac_field array[2];
    corsac_verdict verdict;
    int asked = 0;
    uint32_t bit;
    CHECK(corsac_policy_open(image, length, &policy) == CORSAC_OK);

    CHECK(corsac_decide(NULL, &request, decision) == CORSAC_ERROR_NULL && decision->status == 500);
    CHECK(corsac_decide(&policy, NULL, decision) == CORSAC_ERROR_NULL && decision->status == 500);
    CHECK(corsac_decide(&policy, &request, decision) == CORSAC_ERROR_NULL); /* no method */
    request.method.bytes = "GET";
    request.method.length = 3;
    CHECK(corsac_decide(&policy, &request, NULL) == CORSAC_ERROR_NULL);
    memory++;
    memcpy(&odd, &memory, sizeof(odd));
    memory--;
    CHECK(corsac_decide(&policy, &request, odd) == CORSAC_ERROR_MISALIGNED);
    CHECK(corsac_decide(&policy, &request, decision) == CORSAC_OK && decision->kind == CORSAC_KIND_NOT_CORS);
    CHECK(decision->status == 0 && decision->field_count == 1 && is(decision->fields[0].value, "Origin"));

    /* Absent and empty are different. */
    request.origin.bytes = "";
    CHECK(corsac_decide(&policy, &request, decision) == CORSAC_OK && decision->kind == CORSAC_KIND_ACTUAL);
    CHECK(decision->refusal == CORSAC_REFUSAL_ORIGIN_NOT_ALLOWED && decision->allowed == 0);
    request.origin.length = SIZE_MAX;
    CHECK(corsac_decide(&policy, &request, decision) == CORSAC_ERROR_LENGTH && decision->status == 500);
    request.origin = origins[0];
    request.ask = never;
    request.ask_context = &asked;
    CHECK(corsac_decide(&policy, &request, decision) == CORSAC_OK && decision->allowed == 1 && !asked);
    CHECK(decision->fields[0].value.bytes == origins[0].bytes); /* nothing is copied */

    /* Each fault is one of these, and a number that is none is told. */
    for (bit = 1; bit != 0; bit <<= 1) {
        int known = bit <= CORSAC_REPEATED_CONTENT_TYPE || (bit >= CORSAC_TRUNCATED_ORIGIN && bit <= CORSAC_TRUNCATED_UPGRADE);
        request.faults = bit;
        CHECK(corsac_decide(&policy, &request, decision) == (known ? CORSAC_OK : CORSAC_ERROR_NUMBER));
        CHECK(decision->refusal == (bit == CORSAC_REPEATED_ORIGIN    ? CORSAC_REFUSAL_ORIGIN_REPEATED
                                    : bit == CORSAC_TRUNCATED_ORIGIN ? CORSAC_REFUSAL_ORIGIN_TRUNCATED
                                                                     : 0));
    }

    fields.method = request.method;
    fields.field_count = 1;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_ERROR_NULL && decision->status == 500);
    memset(array, 0, sizeof(array));
    fields.fields = array;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_ERROR_NULL); /* a field without a name */
    array[0].name.bytes = "Origin";
    array[0].name.length = 6;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_OK && decision->kind == CORSAC_KIND_ACTUAL);
    array[0].value = origins[0];
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_OK && decision->allowed == 1);
    array[1] = array[0];
    fields.field_count = 2;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_OK);
    CHECK(decision->refusal == CORSAC_REFUSAL_ORIGIN_REPEATED);
    fields.field_count = SIZE_MAX / 16;
    CHECK(corsac_decide_fields(&policy, &fields, decision) == CORSAC_ERROR_LENGTH);
    fields.field_count = 1;

    /* The other verdicts: on failure nothing passes. */
    fields.scheme = 3;
    CHECK(corsac_guard(&policy, &fields, &verdict) == CORSAC_ERROR_NUMBER && !verdict.passes && verdict.status == 500);
    CHECK(corsac_screen(&policy, &fields, decision) == CORSAC_ERROR_NUMBER && decision->status == 500);
    fields.scheme = CORSAC_SCHEME_HTTPS;
    CHECK(corsac_guard(NULL, &fields, &verdict) == CORSAC_ERROR_NULL && !verdict.passes && verdict.status == 500);
    CHECK(corsac_guard(&policy, NULL, &verdict) == CORSAC_ERROR_NULL && !verdict.passes);
    CHECK(corsac_guard(&policy, &fields, NULL) == CORSAC_ERROR_NULL);
    CHECK(corsac_guard(&policy, &fields, &verdict) == CORSAC_OK && verdict.passes && verdict.status == 0);
    CHECK(corsac_check_host(&policy, &fields, &verdict) == CORSAC_OK && !verdict.passes);
    CHECK(verdict.refusal == CORSAC_REFUSAL_HOST_MISSING && verdict.status == 400);
    fields.own_names.count = 1;
    CHECK(corsac_check_host(&policy, &fields, &verdict) == CORSAC_ERROR_NULL && !verdict.passes && verdict.status == 500);
    fields.own_names.texts = methods;
    CHECK(corsac_check_websocket(&policy, &fields, &verdict) == CORSAC_OK && verdict.passes);
    /* A handshake that only the server knows of, and a host that it has checked. */
    fields.host_is_checked = 1;
    fields.method.bytes = "POST";
    fields.method.length = 4;
    array[0].value.bytes = "https://evil.example";
    array[0].value.length = 20;
    CHECK(corsac_screen(&policy, &fields, decision) == CORSAC_OK && decision->stopped_by == CORSAC_QUESTION_GUARD);
    fields.is_handshake = 1;
    CHECK(corsac_screen(&policy, &fields, decision) == CORSAC_OK && decision->stopped_by == CORSAC_QUESTION_WEBSOCKET);
    CHECK(decision->status == 403 && decision->refusal == CORSAC_REFUSAL_ORIGIN_NOT_TRUSTED);
    free(memory);
    free(decision);
    free(image);
}

/* What writes text: measured, too small by each byte, exact, and with wrong pointers. */
typedef corsac_status (*says)(char *buffer, size_t capacity, size_t *length);

static corsac_decision decided;
static corsac_policy of;
static corsac_fields asked_of = CORSAC_FIELDS_INIT;
static corsac_config faulty;
static corsac_policy_error fault;

static corsac_status say_fields(char *buffer, size_t capacity, size_t *length) {
    return corsac_write_fields(&decided, buffer, capacity, length);
}

static corsac_status say_explanation(char *buffer, size_t capacity, size_t *length) {
    return corsac_explain(&of, CORSAC_QUESTION_CORS, &asked_of, buffer, capacity, length);
}

static corsac_status say_error(char *buffer, size_t capacity, size_t *length) {
    return corsac_describe_error(&faulty, &fault, buffer, capacity, length);
}

static corsac_status say_vary(char *buffer, size_t capacity, size_t *length) {
    const corsac_text application = CORSAC_TEXT(" Accept-Encoding,,origin "), policy = CORSAC_TEXT("Origin, X-A");
    return corsac_merge_vary(application, policy, buffer, capacity, length);
}

static void writing(says say, const char *wanted) {
    size_t length = 3, i, n, exact = strlen(wanted);
    char *buffer;
    CHECK(say(NULL, 0, &length) == CORSAC_OK && length == exact);
    CHECK(say(NULL, 1, &length) == CORSAC_ERROR_NULL && length == 0);
    CHECK(say(NULL, 0, NULL) == CORSAC_ERROR_NULL);
    for (i = 0; i <= exact; i++) {
        buffer = exactly(i);
        CHECK(say(buffer, i, &length) == (i < exact ? CORSAC_ERROR_BUFFER_TOO_SMALL : CORSAC_OK) && length == exact);
        for (n = 0; n < i; n++) {
            CHECK(buffer[n] == (i < exact ? (char)0xA5 : wanted[n]));
        }
        CHECK(say(buffer, SIZE_MAX, &length) == CORSAC_ERROR_LENGTH && length == 0);
        free(buffer);
    }
}

static void everything_that_writes(void) {
    static const corsac_text bad[] = {CORSAC_TEXT("https://Example.com/")};
    size_t length;
    uint8_t *image = sample_image(&length);
    corsac_field origin;
    corsac_text any = CORSAC_TEXT("Accept, *"), absent = CORSAC_ABSENT, some = CORSAC_TEXT("Origin");
    static const corsac_text not_text = CORSAC_TEXT("caf\xE9");
    corsac_decision broken;
    char buffer[64];
    CHECK(corsac_policy_open(image, length, &of) == CORSAC_OK);
    asked_of.method.bytes = "GET";
    asked_of.method.length = 3;
    origin.name.bytes = "origin";
    origin.name.length = 6;
    origin.value = origins[0];
    asked_of.fields = &origin;
    asked_of.field_count = 1;
    CHECK(corsac_decide_fields(&of, &asked_of, &decided) == CORSAC_OK);
    writing(say_fields, "Access-Control-Allow-Origin: https://app.example.com\r\nVary: Origin\r\n");
    writing(say_explanation,
            "origin \"https://app.example.com\" is allowed by allow_origins[0] \"https://app.example.com\"");
    writing(say_vary, "Accept-Encoding, origin, X-A");
    faulty = sample();
    faulty.allow_origins.texts = bad;
    faulty.allow_origins.count = 1;
    CHECK(corsac_policy_compile(&faulty, NULL, 0, &length, &fault) == CORSAC_ERROR_POLICY);
    writing(say_error, "allow_origins[0] \"https://Example.com/\", byte 8: an upper-case letter stands where browsers always send "
                       "lower case; write it in lower case: \"https://example.com\"");

    CHECK(corsac_write_fields(NULL, buffer, sizeof(buffer), &length) == CORSAC_ERROR_NULL && length == 0);
    broken = decided;
    broken.field_count = CORSAC_MAX_FIELDS + 1;
    CHECK(corsac_write_fields(&broken, buffer, sizeof(buffer), &length) == CORSAC_ERROR_NUMBER && length == 0);
    broken.field_count = 1;
    broken.fields[0].value.length = SIZE_MAX;
    CHECK(corsac_write_fields(&broken, buffer, sizeof(buffer), &length) == CORSAC_ERROR_LENGTH && length == 0);
    broken.fields[0] = decided.fields[0];
    broken.fields[0].name.length = SIZE_MAX;
    CHECK(corsac_write_fields(&broken, buffer, sizeof(buffer), &length) == CORSAC_ERROR_LENGTH && length == 0);

    CHECK(corsac_merge_vary(any, some, buffer, sizeof(buffer), &length) == CORSAC_OK && length == 1 && buffer[0] == '*');
    CHECK(corsac_merge_vary(absent, some, buffer, sizeof(buffer), &length) == CORSAC_OK && length == 6);
    CHECK(corsac_merge_vary(some, absent, buffer, sizeof(buffer), &length) == CORSAC_OK && length == 6);
    CHECK(corsac_merge_vary(absent, absent, buffer, sizeof(buffer), &length) == CORSAC_OK && length == 0);
    some.length = SIZE_MAX;
    CHECK(corsac_merge_vary(absent, some, buffer, sizeof(buffer), &length) == CORSAC_ERROR_LENGTH && length == 0);

    some.length = 6;
    CHECK(corsac_merge_vary(some, any, buffer, sizeof(buffer), &length) == CORSAC_OK && length == 1 && buffer[0] == '*');
    any.bytes = "*x";
    any.length = 2;
    CHECK(corsac_merge_vary(any, some, buffer, sizeof(buffer), &length) == CORSAC_OK && length == 10);

    /* A question asks for what it is about and no more. */
    asked_of.scheme = 9;
    asked_of.own_names.count = 1;
    asked_of.own_names.texts = &not_text;
    CHECK(corsac_explain(&of, CORSAC_QUESTION_CORS, &asked_of, NULL, 0, &length) == CORSAC_OK && length > 0);
    CHECK(corsac_explain(&of, CORSAC_QUESTION_GUARD, &asked_of, NULL, 0, &length) == CORSAC_ERROR_NUMBER);
    asked_of.scheme = 0;
    CHECK(corsac_explain(&of, CORSAC_QUESTION_GUARD, &asked_of, NULL, 0, &length) == CORSAC_OK);
    CHECK(corsac_explain(&of, CORSAC_QUESTION_HOST, &asked_of, NULL, 0, &length) == CORSAC_ERROR_TEXT && length == 0);
    asked_of.own_names.count = 0;

    CHECK(corsac_explain(&of, 0, &asked_of, buffer, sizeof(buffer), &length) == CORSAC_ERROR_NUMBER && length == 0);
    CHECK(corsac_explain(&of, 6, &asked_of, buffer, sizeof(buffer), &length) == CORSAC_ERROR_NUMBER && length == 0);
    CHECK(corsac_explain(NULL, 1, &asked_of, buffer, sizeof(buffer), &length) == CORSAC_ERROR_NULL && length == 0);
    CHECK(corsac_explain(&of, 1, NULL, buffer, sizeof(buffer), &length) == CORSAC_ERROR_NULL && length == 0);

    /* Errors without their configuration, and numbers that are no error. */
    CHECK(corsac_describe_error(NULL, &fault, NULL, 0, &length) == CORSAC_OK && length > 0);
    CHECK(corsac_describe_error(&faulty, NULL, NULL, 0, &length) == CORSAC_ERROR_NULL && length == 0);
    fault.entry = 99;
    CHECK(corsac_describe_error(&faulty, &fault, NULL, 0, &length) == CORSAC_OK && length > 0);
    fault.kind = 1;
    CHECK(corsac_describe_error(&faulty, &fault, NULL, 0, &length) == CORSAC_ERROR_NUMBER && length == 0);
    fault.kind = CORSAC_POLICY_ERROR_EMPTY;
    fault.option = 200;
    CHECK(corsac_describe_error(&faulty, &fault, NULL, 0, &length) == CORSAC_ERROR_NUMBER && length == 0);
    free(image);
}

static void entries(void) {
    corsac_config switches = CORSAC_CONFIG_INIT;
    corsac_policy_error error;
    corsac_text good = CORSAC_TEXT("https://a.example"), bad = CORSAC_TEXT("https://a.example/x"), absent = CORSAC_ABSENT;
    corsac_text lan = CORSAC_TEXT("http://device.example:*"), pages = CORSAC_TEXT("https://*.github.io");
    uint8_t option;
    CHECK(corsac_check_entry(NULL, CORSAC_OPTION_ALLOW_ORIGINS, good, &error) == CORSAC_OK && error.kind == 0);
    CHECK(corsac_check_entry(NULL, CORSAC_OPTION_ALLOW_ORIGINS, bad, NULL) == CORSAC_ERROR_POLICY);
    CHECK(corsac_check_entry(NULL, CORSAC_OPTION_ALLOW_ORIGINS, bad, &error) == CORSAC_ERROR_POLICY);
    CHECK(error.kind == CORSAC_POLICY_ERROR_PATH && error.entry == 0 && error.offset == 17);
    CHECK(corsac_check_entry(NULL, CORSAC_OPTION_ALLOW_ORIGINS, absent, &error) == CORSAC_ERROR_NULL && error.kind == 0);
    CHECK(corsac_check_entry(NULL, CORSAC_OPTION_ALLOW_ORIGINS, lan, &error) == CORSAC_ERROR_POLICY);
    switches.dangerously_allow_any_port = 1;
    CHECK(corsac_check_entry(&switches, CORSAC_OPTION_ALLOW_ORIGINS, lan, &error) == CORSAC_OK);
    CHECK(corsac_check_entry(&switches, CORSAC_OPTION_ALLOW_ORIGINS, pages, &error) == CORSAC_ERROR_POLICY);
    switches.dangerously_allow_public_suffixes = 1;
    CHECK(corsac_check_entry(&switches, CORSAC_OPTION_ALLOW_ORIGINS, pages, &error) == CORSAC_OK);
    switches.struct_size = 8;
    CHECK(corsac_check_entry(&switches, CORSAC_OPTION_ALLOW_ORIGINS, good, &error) == CORSAC_ERROR_STRUCT_SIZE);
    for (option = 0; option < 255; option++) {
        int has_list = (option >= CORSAC_OPTION_ALLOW_ORIGINS && option <= CORSAC_OPTION_EXPOSE_HEADERS) ||
                       option == CORSAC_OPTION_ALLOW_HOSTS || option == CORSAC_OPTION_ALLOW_CONTENT_TYPES;
        corsac_status status = corsac_check_entry(NULL, option, good, &error);
        CHECK(has_list ? status == CORSAC_OK || status == CORSAC_ERROR_POLICY : status == CORSAC_ERROR_NUMBER);
    }
}

/* Every number has its text or none, and no text is missing for what a function can say. */
static void texts(void) {
    unsigned number, other, refusals = 0, kinds = 0;
    for (number = 0; number <= 255; number++) {
        corsac_text name = corsac_refusal_name((uint8_t)number), text = corsac_refusal_text((uint8_t)number);
        CHECK(name.bytes != NULL && text.bytes != NULL && (name.length == 0) == (text.length == 0));
        refusals += name.length > 0;
        CHECK((corsac_option_name((uint8_t)number).length > 0) ==
              (number >= 1 && number <= CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT));
        name = corsac_field_name((uint8_t)number, 0);
        text = corsac_field_name((uint8_t)number, 1);
        CHECK(name.length == text.length && (name.length > 0) == (number <= CORSAC_FIELD_VARY));
    }
    for (number = 0; number <= 65535; number++) {
        corsac_text name = corsac_policy_error_name((uint16_t)number), text = corsac_policy_error_text((uint16_t)number);
        CHECK((name.length == 0) == (text.length == 0));
        kinds += name.length > 0;
    }
    CHECK(refusals >= 40 && kinds >= 69);
    CHECK(is(corsac_refusal_name(CORSAC_REFUSAL_ORIGIN_NOT_ALLOWED), "origin-not-allowed"));
    CHECK(is(corsac_policy_error_name(CORSAC_POLICY_ERROR_TRAILING_SLASH), "trailing-slash"));
    CHECK(is(corsac_field_name(CORSAC_FIELD_ALLOW_ORIGIN, 1), "access-control-allow-origin"));
    CHECK(is(corsac_field_name(CORSAC_FIELD_VARY, 0), "Vary"));
    CHECK(is(corsac_refusal_text(CORSAC_REFUSAL_HOST_MISSING),
             "there is no Host, which every HTTP/1.1 client sends; look for a proxy that drops it"));
    CHECK(is(corsac_policy_error_text(CORSAC_POLICY_ERROR_EMPTY), "the entry is empty; remove it"));
    CHECK(is(corsac_status_text(CORSAC_ERROR_IMAGE_VERSION), "the image has another format version; compile the policy anew"));
    for (number = 0; number <= 255; number++) {
        int known = number <= CORSAC_ERROR_TEXT ||
                    (number >= CORSAC_ERROR_NOT_AN_IMAGE && number <= CORSAC_ERROR_IMAGE_STRUCTURE);
        corsac_text text = corsac_status_text((corsac_status)number);
        CHECK((text.length > 0) == known);
        for (other = 0; known && other < number; other++) {
            corsac_text earlier = corsac_status_text((corsac_status)other);
            CHECK(earlier.length != text.length || memcmp(earlier.bytes, text.bytes, text.length) != 0);
        }
    }
    CHECK(corsac_status_text(-1).length == 0);
}

int main(void) {
    versions_are_those_of_the_header();
    compiling();
    failing_leaves_no_policy();
    lists_that_cannot_be_read();
    sizes_of_structures();
    opening();
    handles();
    misaligned();
    faults_of_fields();
    as_many_fields_as_there_can_be();
    deciding();
    everything_that_writes();
    entries();
    texts();
    if (faults == 0) {
        puts("every function answers every argument");
    }
    return faults != 0;
}
