/*
 * mod_corsac: CORS for Apache 2.4. README.md lists the directives.
 *
 * A section that has a Cors directive has a policy of its own; one that has none takes that of the section around it.
 * Apache merges sections for each request, and a policy put together then could not be refused at the start.
 *
 * A preflight is answered as soon as its policy is certain: before anything maps the URL (translate_name), so that no
 * Redirect, RewriteRule or ProxyPass comes first, or where a section such as <Directory> may have a policy, when all
 * sections are known (header_parser). Both are before access control and authentication.
 *
 * Every other response gets its fields in an output filter, after mod_headers and whatever else sets some: on errors
 * too, whose headers are another table than those of a success, and on what a proxied server answers.
 */
#include <corsac.h>

#include "apr_strings.h"
#include "httpd.h"
#include "http_config.h"
#include "http_core.h"
#include "http_log.h"
#include "http_protocol.h"
#include "http_request.h"

/* What a directive is about: the number of an option, and where in a corsac_config it is. */
typedef struct {
    uint8_t number;
    size_t place;
} option;

/* The directives of one section. */
typedef struct section {
    struct section *next; /* of all that have directives */
    corsac_config config;
    const ap_directive_t *directives[CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT + 1]; /* by option; 0: CorsPolicy */
    corsac_policy policy; /* without an image where there is none */
    int written;          /* a Cors directive stands in it */
    int is_location;
} section;

module AP_MODULE_DECLARE_DATA corsac_module;

/* Of the configuration that is being read. */
static section *sections;
static int some_go_by_file; /* sections such as <Directory>, which are known later than <Location> */
static const char *field_names[CORSAC_FIELD_VARY + 1];

static ap_filter_rec_t *fields_filter;

static const char *dup_text(apr_pool_t *pool, corsac_text text)
{
    return apr_pstrmemdup(pool, text.bytes, text.length);
}

static corsac_text text_of(const char *string)
{
    corsac_text text = CORSAC_ABSENT;
    if (string != NULL) {
        text.bytes = string;
        text.length = strlen(string);
    }
    return text;
}

static void *create_section(apr_pool_t *pool, char *where)
{
    static const corsac_config nothing = CORSAC_CONFIG_INIT;
    section *made = apr_pcalloc(pool, sizeof *made);
    (void)where;
    made->config = nothing;
    return made;
}

static void *merge_sections(apr_pool_t *pool, void *outer, void *inner)
{
    (void)pool;
    return ((section *)inner)->written ? inner : outer;
}

/* Notes that a directive stands in a section, and refuses CorsPolicy beside others. */
static const char *note(cmd_parms *cmd, section *here, uint8_t number)
{
    if (here->written && (number == 0 || here->directives[0] != NULL) && here->directives[number] != cmd->directive) {
        return "CorsPolicy stands alone in its section, and once";
    }
    if (!here->written) {
        here->written = 1;
        here->is_location = ap_check_cmd_context(cmd, NOT_IN_LOCATION) != NULL;
        some_go_by_file |= cmd->path != NULL && !here->is_location;
        here->next = sections;
        sections = here;
    }
    here->directives[number] = cmd->directive;
    return NULL;
}

static const char *describe(apr_pool_t *pool, const corsac_config *config, const corsac_policy_error *error)
{
    char sentence[1024];
    size_t length;
    corsac_describe_error(config, error, sentence, sizeof sentence, &length);
    return apr_pstrmemdup(pool, sentence, length);
}

/* A list, called for each of its entries. */
static const char *take_entry(cmd_parms *cmd, void *here, const char *entry)
{
    const option *of = cmd->info;
    corsac_config *config = &((section *)here)->config;
    corsac_list *list = (corsac_list *)((char *)config + of->place);
    corsac_text *texts = apr_palloc(cmd->pool, (list->count + 1) * sizeof *texts);
    /* What a switch further down allows is not known yet, and is left to compile. */
    corsac_config lenient = CORSAC_CONFIG_INIT;
    lenient.dangerously_allow_public_suffixes = lenient.dangerously_allow_any_port = 1;
    corsac_policy_error error;
    if (list->count != 0) {
        memcpy(texts, list->texts, list->count * sizeof *texts);
    }
    texts[list->count] = text_of(entry);
    list->texts = texts;
    list->count++;
    if (corsac_check_entry(&lenient, of->number, text_of(entry), &error) != CORSAC_OK) {
        error.entry = list->count - 1;
        return apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, describe(cmd->pool, config, &error));
    }
    return note(cmd, here, of->number);
}

static const char *take_switch(cmd_parms *cmd, void *here, int on)
{
    const option *of = cmd->info;
    *((uint8_t *)&((section *)here)->config + of->place) = (uint8_t)on;
    return note(cmd, here, of->number);
}

static const char *take_max_age(cmd_parms *cmd, void *here, const char *seconds)
{
    corsac_config *config = &((section *)here)->config;
    char *end;
    apr_int64_t value = apr_strtoi64(seconds, &end, 10);
    if (*seconds == '\0' || *end != '\0' || value < 0 || value > APR_UINT32_MAX) {
        return apr_psprintf(cmd->pool, "%s: %s is no number of seconds", cmd->cmd->name, seconds);
    }
    config->max_age = (uint32_t)value;
    config->has_max_age = 1;
    return note(cmd, here, CORSAC_OPTION_MAX_AGE);
}

/* An image that the command corsac has compiled, or "none". */
static const char *take_policy(cmd_parms *cmd, void *here, const char *name)
{
    const char *mistake = note(cmd, here, 0);
    const char *path = ap_server_root_relative(cmd->pool, name);
    apr_file_t *file;
    apr_finfo_t about;
    apr_status_t failed;
    if (mistake != NULL || strcasecmp(name, "none") == 0) {
        return mistake;
    }
    failed = apr_file_open(&file, path, APR_READ | APR_BINARY, 0, cmd->temp_pool);
    if (failed == APR_SUCCESS) {
        failed = apr_file_info_get(&about, APR_FINFO_SIZE, file);
    }
    if (failed != APR_SUCCESS) {
        return apr_psprintf(cmd->pool, "CorsPolicy: cannot read %s: %pm", path, (void *)&failed);
    }
    uint8_t *image = apr_palloc(cmd->pool, (apr_size_t)about.size + 1);
    failed = apr_file_read_full(file, image, (apr_size_t)about.size, NULL);
    if (failed != APR_SUCCESS && !APR_STATUS_IS_EOF(failed)) {
        return apr_psprintf(cmd->pool, "CorsPolicy: cannot read %s: %pm", path, (void *)&failed);
    }
    corsac_status status = corsac_policy_open(image, (size_t)about.size, &((section *)here)->policy);
    if (status != CORSAC_OK) {
        return apr_psprintf(cmd->pool, "CorsPolicy: %s: %s", path, dup_text(cmd->pool, corsac_status_text(status)));
    }
    return NULL;
}

static int begin(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    sections = NULL;
    some_go_by_file = 0;
    for (uint8_t number = 0; number <= CORSAC_FIELD_VARY; number++) {
        field_names[number] = dup_text(pconf, corsac_field_name(number, 0));
    }
    return corsac_abi() == CORSAC_ABI ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

/* Compiles the policy of a section now that all of its directives are known; whether it is a good one. */
static int compile(section *here, apr_pool_t *pool, server_rec *server)
{
    corsac_policy_error error;
    size_t length;
    corsac_status status = corsac_policy_compile(&here->config, NULL, 0, &length, &error);
    if (status == CORSAC_OK) {
        uint8_t *image = apr_palloc(pool, length);
        status = corsac_policy_compile(&here->config, image, length, &length, &error);
        if (status == CORSAC_OK) {
            status = corsac_policy_open(image, length, &here->policy);
        }
    }
    if (status == CORSAC_OK) {
        return 1;
    }
    const ap_directive_t *directive = NULL;
    const char *why = dup_text(pool, corsac_status_text(status));
    if (status == CORSAC_ERROR_POLICY) {
        directive = here->directives[error.option];
        why = describe(pool, &here->config, &error);
    }
    for (int number = 1; directive == NULL; number++) { /* not of an option that is written, but some is */
        directive = here->directives[number];
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_EMERG, 0, server, "%s on line %d of %s: %s", directive->directive,
                 directive->line_num, directive->filename, why);
    return 0;
}

static int check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *server)
{
    int good = 1;
    (void)plog;
    (void)ptemp;
    for (section *here = sections; here != NULL; here = here->next) {
        if (here->directives[0] == NULL) {
            good &= compile(here, pconf, server);
        }
    }
    return good ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

static corsac_text field_of(request_rec *r, const char *name)
{
    return text_of(apr_table_get(r->headers_in, name));
}

static int has_comma(corsac_text text)
{
    return text.bytes != NULL && memchr(text.bytes, ',', text.length) != NULL;
}

/* Decides by what a policy says of a request, and logs why where it is refused. */
static corsac_decision *decide(request_rec *r, const corsac_policy *policy)
{
    corsac_decision *decision = apr_palloc(r->pool, sizeof *decision);
    corsac_request request = CORSAC_REQUEST_INIT;
    request.method = text_of(r->method);
    request.origin = field_of(r, "Origin");
    request.access_control_request_method = field_of(r, "Access-Control-Request-Method");
    request.access_control_request_headers = field_of(r, "Access-Control-Request-Headers");
    request.access_control_request_private_network = field_of(r, "Access-Control-Request-Private-Network");
    /* Apache has joined the lines of a repeated field by commas, which cannot stand in one of these. */
    if (has_comma(request.origin)) {
        request.faults |= CORSAC_REPEATED_ORIGIN;
    }
    if (has_comma(request.access_control_request_method)) {
        request.faults |= CORSAC_REPEATED_METHOD;
    }
    corsac_decide(policy, &request, decision);
    if (decision->refusal != 0) {
        const char *name = dup_text(r->pool, corsac_refusal_name(decision->refusal));
        apr_table_setn(r->subprocess_env, "CORSAC_REFUSAL", name);
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "CORS refused: %s: %s", name,
                      dup_text(r->pool, corsac_refusal_text(decision->refusal)));
    }
    return decision;
}

/*
 * The decision on what the client asked for, made once; NULL where there is no policy. An error page, or what else an
 * internal redirect leads to, answers for the request that led there, whatever section it is in itself.
 */
static corsac_decision *decision_on(request_rec *r)
{
    while (r->prev != NULL) {
        r = r->prev;
    }
    corsac_decision *decision = ap_get_module_config(r->request_config, &corsac_module);
    const section *here = ap_get_module_config(r->per_dir_config, &corsac_module);
    if (decision == NULL && here->policy.image != NULL) {
        decision = decide(r, &here->policy);
        ap_set_module_config(r->request_config, &corsac_module, decision);
    }
    return decision;
}

static void insert_fields(request_rec *r)
{
    if (r->main == NULL) {
        ap_add_output_filter_handle(fields_filter, NULL, r, r->connection);
    }
}

static int answer_preflight(request_rec *r)
{
    const corsac_decision *decision = r->prev == NULL && r->main == NULL ? decision_on(r) : NULL;
    if (decision == NULL || decision->status == 0) {
        return DECLINED;
    }
    r->status = decision->status;
    insert_fields(r);
    return DONE; /* not the status, which would bring an error page */
}

static int answer_preflight_early(request_rec *r)
{
    const section *here = ap_get_module_config(r->per_dir_config, &corsac_module);
    return here->is_location || !some_go_by_file ? answer_preflight(r) : DECLINED;
}

static const char *merged_vary(request_rec *r, corsac_text vary)
{
    apr_table_t *both = apr_table_overlay(r->pool, r->headers_out, r->err_headers_out);
    corsac_text application = text_of(apr_table_getm(r->pool, both, "Vary")); /* several lines joined */
    size_t length;
    corsac_merge_vary(application, vary, NULL, 0, &length);
    char *value = apr_pcalloc(r->pool, length + 1);
    corsac_merge_vary(application, vary, value, length, &length);
    return value;
}

/* Puts a decision's fields in place of those of the application, of a proxied server and of mod_headers. */
static void replace_fields(request_rec *r, const corsac_decision *decision)
{
    for (int number = 0; number < CORSAC_FIELD_VARY; number++) {
        apr_table_unset(r->headers_out, field_names[number]);
        apr_table_unset(r->err_headers_out, field_names[number]);
    }
    for (size_t i = 0; i < decision->field_count; i++) {
        const corsac_response_field *field = &decision->fields[i];
        const char *name = field_names[field->number];
        if (field->apply == CORSAC_APPLY_MERGE) {
            const char *value = merged_vary(r, field->value);
            apr_table_unset(r->err_headers_out, name);
            apr_table_setn(r->headers_out, name, value);
        } else {
            apr_table_addn(r->headers_out, name, dup_text(r->pool, field->value));
        }
    }
}

static apr_status_t put_fields(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    const corsac_decision *decision = decision_on(filter->r);
    if (decision != NULL) {
        replace_fields(filter->r, decision);
    }
    ap_remove_output_filter(filter);
    return ap_pass_brigade(filter->next, brigade);
}

#define PLACE (RSRC_CONF | ACCESS_CONF)
#define OPTION(number, member) (void *)&(const option){CORSAC_OPTION_##number, offsetof(corsac_config, member)}
#define LIST(name, number, member, help) AP_INIT_ITERATE(name, take_entry, OPTION(number, member), PLACE, help)
#define SWITCH(name, number, member) AP_INIT_FLAG(name, take_switch, OPTION(number, member), PLACE, "On or Off")

static const command_rec directives[] = {
    AP_INIT_TAKE1("CorsPolicy", take_policy, NULL, PLACE, "a file of corsac compile, or none"),
    LIST("CorsAllowOrigins", ALLOW_ORIGINS, allow_origins, "*, or origins and patterns"),
    LIST("CorsAllowMethods", ALLOW_METHODS, allow_methods, "*, or methods beyond GET, HEAD and POST"),
    LIST("CorsAllowHeaders", ALLOW_HEADERS, allow_headers, "*, or names of request headers"),
    LIST("CorsExposeHeaders", EXPOSE_HEADERS, expose_headers, "*, or names of response headers"),
    AP_INIT_TAKE1("CorsMaxAge", take_max_age, NULL, PLACE, "seconds, at most 86400"),
    SWITCH("CorsAllowCredentials", ALLOW_CREDENTIALS, allow_credentials),
    SWITCH("CorsAllowNullOrigin", ALLOW_NULL_ORIGIN, allow_null_origin),
    SWITCH("CorsStaticOrigin", STATIC_ORIGIN, static_origin),
    SWITCH("CorsMinimalAnswers", MINIMAL_ANSWERS, minimal_answers),
    SWITCH("CorsTimingAllowOrigin", TIMING_ALLOW_ORIGIN, timing_allow_origin),
    SWITCH("CorsDangerouslyAllowInsecureOrigins", DANGEROUSLY_ALLOW_INSECURE_ORIGINS,
           dangerously_allow_insecure_origins),
    SWITCH("CorsDangerouslyAllowPublicSuffixes", DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES, dangerously_allow_public_suffixes),
    SWITCH("CorsDangerouslyAllowAnyPort", DANGEROUSLY_ALLOW_ANY_PORT, dangerously_allow_any_port),
    {.name = NULL},
};

static void register_hooks(apr_pool_t *pool)
{
    static const char *const after[] = {"mod_headers.c", NULL};
    (void)pool;
    fields_filter = ap_register_output_filter("CORSAC", put_fields, NULL, AP_FTYPE_CONTENT_SET);
    ap_hook_pre_config(begin, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(check, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(answer_preflight_early, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_header_parser(answer_preflight, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_insert_filter(insert_fields, after, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(insert_fields, after, NULL, APR_HOOK_REALLY_LAST);
}

AP_DECLARE_MODULE(corsac) = {
    STANDARD20_MODULE_STUFF, create_section, merge_sections, NULL, NULL, directives, register_hooks,
    AP_MODULE_FLAG_NONE,
};
