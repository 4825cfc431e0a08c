#define _POSIX_C_SOURCE 200809L

#include "cors.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static corsac_text text(const char *bytes, size_t length)
{
    corsac_text text;
    text.bytes = bytes;
    text.length = length;
    return text;
}

static enum MHD_Result keep(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                            const char *value, size_t value_length)
{
    corsac_field **end = context;
    (void)kind;
    (*end)->name = text(name, name_length);
    (*end)->value = text(value, value_length);
    (*end)++;
    return MHD_YES;
}

corsac_decision *cors_decide(const corsac_policy *policy, struct MHD_Connection *connection, const char *method)
{
    int count = MHD_get_connection_values_n(connection, MHD_HEADER_KIND, NULL, NULL);
    corsac_field *fields = count < 0 ? NULL : malloc(((size_t)count + 1) * sizeof *fields);
    corsac_decision *decision = malloc(sizeof *decision);
    if (fields != NULL && decision != NULL) {
        corsac_fields request = CORSAC_FIELDS_INIT;
        request.method = text(method, strlen(method));
        request.fields = fields;
        corsac_field *end = fields;
        MHD_get_connection_values_n(connection, MHD_HEADER_KIND, keep, &end);
        request.field_count = (size_t)(end - fields);
        corsac_decide_fields(policy, &request, decision);
    } else {
        free(decision);
        decision = NULL;
    }
    free(fields); /* the decision borrows from the texts alone, which stay until the request ends */
    return decision;
}

/* What to look for in a response, and a field that has that name. */
struct search {
    corsac_text wanted;
    const char *name;
    const char *value;
};

static enum MHD_Result compare(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct search *search = context;
    (void)kind;
    if (strlen(name) == search->wanted.length && strncasecmp(name, search->wanted.bytes, search->wanted.length) == 0) {
        search->name = name;
        search->value = value;
        return MHD_NO; /* enough */
    }
    return MHD_YES;
}

static int find(struct MHD_Response *response, struct search *search)
{
    search->name = NULL;
    MHD_get_response_headers(response, compare, search);
    return search->name != NULL;
}

/* Deletes what was found. By copies: libmicrohttpd still compares with the texts after it has freed its own. */
static int drop(struct MHD_Response *response, const struct search *found)
{
    char *name = strdup(found->name);
    char *value = strdup(found->value);
    int dropped = name != NULL && value != NULL && MHD_del_response_header(response, name, value) == MHD_YES;
    free(name);
    free(value);
    return dropped;
}

/* libmicrohttpd wants texts that end with NUL, so each is copied. */
static int add(struct MHD_Response *response, corsac_text name, corsac_text value)
{
    char *c_name = strndup(name.bytes, name.length);
    char *c_value = strndup(value.bytes, value.length);
    int added = c_name != NULL && c_value != NULL && MHD_add_response_header(response, c_name, c_value) == MHD_YES;
    free(c_name);
    free(c_value);
    return added;
}

/* The members of one line of the application's Vary, and those that it lacks. To be freed; NULL: there is no memory. */
static char *merged(const char *line, corsac_text vary, size_t *length)
{
    corsac_text application = text(line, strlen(line));
    corsac_merge_vary(application, vary, NULL, 0, length);
    char *buffer = malloc(*length + 1);
    if (buffer != NULL) {
        corsac_merge_vary(application, vary, buffer, *length, length);
    }
    return buffer;
}

/* Makes one line of Vary of the application's lines and the decision's. */
static int merge(struct MHD_Response *response, const corsac_response_field *field)
{
    struct search search = {field->name, NULL, NULL};
    corsac_text value = field->value;
    char *buffer = NULL;
    int good = 1;
    while (good && find(response, &search)) {
        char *longer = merged(search.value, value, &value.length);
        value.bytes = longer;
        free(buffer);
        buffer = longer;
        good = longer != NULL && drop(response, &search);
    }
    good = good && add(response, field->name, value);
    free(buffer);
    return good;
}

int cors_apply(struct MHD_Response *response, const corsac_decision *decision)
{
    for (uint8_t number = 0; number < CORSAC_FIELD_VARY; number++) {
        struct search search = {corsac_field_name(number, 0), NULL, NULL};
        while (find(response, &search)) {
            if (!drop(response, &search)) {
                return 0;
            }
        }
    }
    for (size_t i = 0; i < decision->field_count; i++) {
        const corsac_response_field *field = &decision->fields[i];
        if (!(field->apply == CORSAC_APPLY_MERGE ? merge(response, field)
                                                 : add(response, field->name, field->value))) {
            return 0;
        }
    }
    return 1;
}
