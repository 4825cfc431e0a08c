/*
 * The smallest complete program: a policy, a request from the command line, and what to answer.
 *
 *   ./decide OPTIONS 'Origin: https://app.example.com' 'Access-Control-Request-Method: PUT'
 */
#include <corsac.h>
#include <stdio.h>
#include <string.h>

enum { MOST_FIELDS = 64 };

static corsac_text text(const char *string)
{
    corsac_text text = CORSAC_ABSENT;
    text.bytes = string;
    text.length = strlen(string);
    return text;
}

/* Compiles the policy into static memory and opens it; says what is wrong with it otherwise. */
static int open_policy(corsac_policy *policy)
{
    static const corsac_text origins[] = {CORSAC_TEXT("https://app.example.com"), CORSAC_TEXT("https://*.example.org")};
    static const corsac_text methods[] = {CORSAC_TEXT("PUT")};
    static const corsac_text headers[] = {CORSAC_TEXT("content-type")};
    static uint8_t image[1024];
    corsac_config config = CORSAC_CONFIG_INIT;
    config.allow_origins.texts = origins;
    config.allow_origins.count = 2;
    config.allow_methods.texts = methods;
    config.allow_methods.count = 1;
    config.allow_headers.texts = headers;
    config.allow_headers.count = 1;
    config.allow_credentials = 1;
    config.max_age = 600;
    config.has_max_age = 1;

    size_t length;
    corsac_policy_error error;
    corsac_status status = corsac_policy_compile(&config, image, sizeof image, &length, &error);
    if (status == CORSAC_OK) {
        status = corsac_policy_open(image, length, policy);
    }
    if (status == CORSAC_ERROR_POLICY) {
        char sentence[1024];
        corsac_describe_error(&config, &error, sentence, sizeof sentence, &length);
        fprintf(stderr, "decide: %.*s\n", (int)length, sentence);
    } else if (status != CORSAC_OK) {
        corsac_text why = corsac_status_text(status);
        fprintf(stderr, "decide: %.*s\n", (int)why.length, why.bytes);
    }
    return status == CORSAC_OK;
}

/* Takes "Name: value" apart. */
static int parse(const char *line, corsac_field *field)
{
    const char *colon = strchr(line, ':');
    if (colon == NULL || colon == line) {
        return 0;
    }
    field->name.bytes = line;
    field->name.length = (size_t)(colon - line);
    field->value = text(colon + 1 + strspn(colon + 1, " "));
    return 1;
}

int main(int argc, char **argv)
{
    corsac_field fields[MOST_FIELDS];
    corsac_fields request = CORSAC_FIELDS_INIT;
    if (argc < 2 || argc - 2 > MOST_FIELDS) {
        fprintf(stderr, "usage: decide METHOD ['Name: value' ...]\n");
        return 2;
    }
    request.method = text(argv[1]);
    request.fields = fields;
    for (int i = 2; i < argc; i++) {
        if (!parse(argv[i], &fields[request.field_count++])) {
            fprintf(stderr, "decide: not a field, which is 'Name: value': %s\n", argv[i]);
            return 2;
        }
    }
    corsac_policy policy;
    if (!open_policy(&policy)) {
        return 2;
    }

    /* From here on it is what a server does for each request. */
    corsac_decision decision;
    char lines[4096];
    size_t length;
    corsac_decide_fields(&policy, &request, &decision);
    corsac_write_fields(&decision, lines, sizeof lines, &length);
    if (decision.status != 0) {
        printf("respond with %u\n", (unsigned)decision.status);
    } else {
        printf("continue to the application\n");
    }
    printf("%.*s", (int)length, lines);
    if (decision.refusal != 0) {
        corsac_text why = corsac_refusal_text(decision.refusal);
        fprintf(stderr, "refused: %.*s\n", (int)why.length, why.bytes);
    }
    return decision.refusal != 0;
}
