
/*
 * From the directives to a policy, and what is wrong with them.
 *
 * Each entry is checked when its directive is read, so that nginx names the directive's own line. What only shows
 * beside other directives is found when a location's policy is compiled, and is blamed by the remembered place of the
 * entry.
 */

#include "ngx_http_corsac.h"


/* corsac_describe_error writes no more than this. */
#define NGX_HTTP_CORSAC_SENTENCE  1024

#define ngx_http_corsac_at(base, type, offset)  ((type *) ((u_char *) (base) + (offset)))


typedef struct {
    size_t                         offset;      /* in corsac_config */
    size_t                         size;
} ngx_http_corsac_option_t;


static ngx_int_t ngx_http_corsac_add_entry(ngx_conf_t *cf, ngx_http_corsac_conf_t *ccf, ngx_uint_t option,
    ngx_str_t *value);
static char *ngx_http_corsac_check_number(ngx_conf_t *cf, corsac_config *options);
static void ngx_http_corsac_blame(ngx_conf_t *cf, ngx_http_corsac_conf_t *ccf, corsac_policy_error *error,
    ngx_str_t *location);
static ngx_http_corsac_policy_t *ngx_http_corsac_open(ngx_conf_t *cf, u_char *image, size_t length,
    corsac_status *status);


#define ngx_http_corsac_member(name)  { offsetof(corsac_config, name), sizeof(((corsac_config *) 0)->name) }

static const ngx_http_corsac_option_t  ngx_http_corsac_options[NGX_HTTP_CORSAC_OPTIONS] = {
    [CORSAC_OPTION_ALLOW_ORIGINS] = ngx_http_corsac_member(allow_origins),
    [CORSAC_OPTION_ALLOW_METHODS] = ngx_http_corsac_member(allow_methods),
    [CORSAC_OPTION_ALLOW_HEADERS] = ngx_http_corsac_member(allow_headers),
    [CORSAC_OPTION_EXPOSE_HEADERS] = ngx_http_corsac_member(expose_headers),
    [CORSAC_OPTION_ALLOW_CREDENTIALS] = ngx_http_corsac_member(allow_credentials),
    [CORSAC_OPTION_MAX_AGE] = ngx_http_corsac_member(max_age),
    [CORSAC_OPTION_ALLOW_NULL_ORIGIN] = ngx_http_corsac_member(allow_null_origin),
    [CORSAC_OPTION_ALLOW_PRIVATE_NETWORK] = ngx_http_corsac_member(allow_private_network),
    [CORSAC_OPTION_STATIC_ORIGIN] = ngx_http_corsac_member(static_origin),
    [CORSAC_OPTION_MINIMAL_ANSWERS] = ngx_http_corsac_member(minimal_answers),
    [CORSAC_OPTION_PREFLIGHT_STATUS] = ngx_http_corsac_member(preflight_status),
    [CORSAC_OPTION_TIMING_ALLOW_ORIGIN] = ngx_http_corsac_member(timing_allow_origin),
    [CORSAC_OPTION_ALLOW_HOSTS] = ngx_http_corsac_member(allow_hosts),
    [CORSAC_OPTION_ALLOW_CONTENT_TYPES] = ngx_http_corsac_member(allow_content_types),
    [CORSAC_OPTION_DANGEROUSLY_ALLOW_INSECURE_ORIGINS] = ngx_http_corsac_member(dangerously_allow_insecure_origins),
    [CORSAC_OPTION_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES] = ngx_http_corsac_member(dangerously_allow_public_suffixes),
    [CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT] = ngx_http_corsac_member(dangerously_allow_any_port),
};


ngx_http_corsac_place_t
ngx_http_corsac_here(ngx_conf_t *cf)
{
    ngx_http_corsac_place_t  place;

    place.file = cf->conf_file->file.name;
    place.line = cf->conf_file->line;

    return place;
}


char *
ngx_http_corsac_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_conf_t  *ccf = conf;

    ngx_str_t               *value;
    ngx_uint_t               i;
    ngx_http_corsac_list_t  *list;

    list = ccf->lists[cmd->offset];

    if (list == NULL) {
        list = ngx_palloc(cf->pool, sizeof(ngx_http_corsac_list_t));
        if (list == NULL
            || ngx_array_init(&list->texts, cf->pool, 4, sizeof(corsac_text)) != NGX_OK
            || ngx_array_init(&list->places, cf->pool, 4, sizeof(ngx_http_corsac_place_t)) != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        ccf->lists[cmd->offset] = list;
        ccf->places[cmd->offset] = ngx_http_corsac_here(cf);
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_corsac_add_entry(cf, ccf, cmd->offset, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_corsac_add_entry(ngx_conf_t *cf, ngx_http_corsac_conf_t *ccf, ngx_uint_t option, ngx_str_t *value)
{
    corsac_list              *entries;
    corsac_text              *text;
    corsac_config             lenient = CORSAC_CONFIG_INIT;
    corsac_policy_error       error;
    ngx_http_corsac_list_t   *list;
    ngx_http_corsac_place_t  *place;

    list = ccf->lists[option];

    text = ngx_array_push(&list->texts);
    place = ngx_array_push(&list->places);
    if (text == NULL || place == NULL) {
        return NGX_ERROR;
    }

    text->bytes = (char *) value->data;
    text->length = value->len;
    *place = ngx_http_corsac_here(cf);

    entries = ngx_http_corsac_at(&ccf->options, corsac_list, ngx_http_corsac_options[option].offset);
    entries->texts = list->texts.elts;
    entries->count = list->texts.nelts;

    /* A switch that permits the entry may follow, or be inherited: that is judged when all has been read. */

    lenient.dangerously_allow_insecure_origins = 1;
    lenient.dangerously_allow_public_suffixes = 1;
    lenient.dangerously_allow_any_port = 1;

    if (corsac_check_entry(&lenient, option, *text, &error) != CORSAC_OK) {
        error.entry = list->texts.nelts - 1;
        ngx_http_corsac_blame(cf, ccf, &error, NULL);
        return NGX_ERROR;
    }

    return NGX_OK;
}


char *
ngx_http_corsac_set_switch(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_conf_t  *ccf = conf;

    char          *rc;
    uint8_t       *option;
    ngx_flag_t     flag;
    ngx_command_t  slot;

    if (ccf->places[cmd->offset].line) {
        return "is duplicate";
    }

    /* nginx's own reader of flags, for its messages. */

    flag = NGX_CONF_UNSET;
    slot = *cmd;
    slot.offset = 0;

    rc = ngx_conf_set_flag_slot(cf, &slot, &flag);
    if (rc != NGX_CONF_OK) {
        return rc;
    }

    option = ngx_http_corsac_at(&ccf->options, uint8_t, ngx_http_corsac_options[cmd->offset].offset);
    *option = (uint8_t) flag;
    ccf->places[cmd->offset] = ngx_http_corsac_here(cf);

    return NGX_CONF_OK;
}


char *
ngx_http_corsac_set_max_age(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_conf_t  *ccf = conf;

    time_t         seconds;
    ngx_str_t     *value;
    corsac_config  alone = CORSAC_CONFIG_INIT;

    if (ccf->places[cmd->offset].line) {
        return "is duplicate";
    }

    value = cf->args->elts;

    seconds = ngx_parse_time(&value[1], 1);
    if (seconds == (time_t) NGX_ERROR) {
        return "needs a time such as 600 or 10m";
    }

    alone.has_max_age = 1;
    alone.max_age = (uint32_t) ngx_min(seconds, (time_t) NGX_MAX_INT32_VALUE);

    ccf->options.has_max_age = 1;
    ccf->options.max_age = alone.max_age;
    ccf->places[cmd->offset] = ngx_http_corsac_here(cf);

    return ngx_http_corsac_check_number(cf, &alone);
}


char *
ngx_http_corsac_set_preflight_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_conf_t  *ccf = conf;

    ngx_int_t      status;
    ngx_str_t     *value;
    corsac_config  alone = CORSAC_CONFIG_INIT;

    if (ccf->places[cmd->offset].line) {
        return "is duplicate";
    }

    value = cf->args->elts;

    status = ngx_atoi(value[1].data, value[1].len);
    if (status <= 0 || status > 999) {
        return "needs a status from 200 to 299";
    }

    alone.preflight_status = (uint16_t) status;

    ccf->options.preflight_status = alone.preflight_status;
    ccf->places[cmd->offset] = ngx_http_corsac_here(cf);

    return ngx_http_corsac_check_number(cf, &alone);
}


static char *
ngx_http_corsac_check_number(ngx_conf_t *cf, corsac_config *options)
{
    ngx_http_corsac_conf_t  alone;
    corsac_policy_error     error;

    if (corsac_policy_problem(options, 0, &error) != CORSAC_OK) {
        return NGX_CONF_OK;
    }

    ngx_memzero(&alone, sizeof(ngx_http_corsac_conf_t));
    alone.options = *options;
    alone.places[error.option] = ngx_http_corsac_here(cf);
    ngx_http_corsac_blame(cf, &alone, &error, NULL);

    return NGX_CONF_ERROR;
}


char *
ngx_http_corsac_set_image(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_conf_t  *ccf = conf;

    u_char           *image;
    size_t            length;
    ssize_t           n;
    corsac_text       reason;
    corsac_status     status;
    ngx_fd_t          fd;
    ngx_str_t        *value;
    ngx_file_info_t   info;

    if (ccf->image_place.line) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    fd = ngx_open_file(value[1].data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, ngx_open_file_n " \"%V\" failed", &value[1]);
        return NGX_CONF_ERROR;
    }

    image = NULL;
    length = 0;
    n = -1;

    if (ngx_fd_info(fd, &info) != NGX_FILE_ERROR) {
        length = (size_t) ngx_file_size(&info);
        image = ngx_pnalloc(cf->pool, length + 1);
    }

    if (image != NULL) {
        n = ngx_read_fd(fd, image, length);
    }

    if (n < 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, ngx_read_fd_n " \"%V\" failed", &value[1]);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno, ngx_close_file_n " \"%V\" failed", &value[1]);
    }

    if (n < 0) {
        return NGX_CONF_ERROR;
    }

    ccf->policy = ngx_http_corsac_open(cf, image, (size_t) n, &status);
    if (ccf->policy == NULL) {
        reason = corsac_status_text(status);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not the image of a policy: %*s; "
                           "make one with \"corsac compile POLICY.toml -o policy.bin\"",
                           &value[1], reason.length, reason.bytes);
        return NGX_CONF_ERROR;
    }

    ccf->image_place = ngx_http_corsac_here(cf);

    return NGX_CONF_OK;
}


/*
 * Takes over what the level has not set itself: each option by itself, a list as a whole. A level that sets nothing
 * shares the policy of its parent.
 */
char *
ngx_http_corsac_merge_options(ngx_conf_t *cf, ngx_http_corsac_conf_t *prev, ngx_http_corsac_conf_t *conf)
{
    u_char                          *to, *from;
    ngx_uint_t                       n, own;
    corsac_text                      name;
    ngx_http_corsac_place_t         *image;
    const ngx_http_corsac_option_t  *option;

    own = 0;

    for (n = 1; n < NGX_HTTP_CORSAC_OPTIONS; n++) {
        if (conf->places[n].line) {
            own = n;
            break;
        }
    }

    image = conf->image_place.line ? &conf->image_place : &prev->image_place;

    if (own && image->line) {
        name = corsac_option_name(own);
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"cors_%*s\" cannot change the policy that \"cors_policy\" takes from a file at %V:%ui "
                      "in %V:%ui",
                      name.length, name.bytes, &image->file, image->line,
                      &conf->places[own].file, conf->places[own].line);
        return NGX_CONF_ERROR;
    }

    if (conf->image_place.line) {
        return NGX_CONF_OK;
    }

    if (!own) {
        conf->source = prev->source;
    }

    conf->image_place = prev->image_place;

    for (n = 1; n < NGX_HTTP_CORSAC_OPTIONS; n++) {

        if (conf->places[n].line || !prev->places[n].line) {
            continue;
        }

        option = &ngx_http_corsac_options[n];
        to = ngx_http_corsac_at(&conf->options, u_char, option->offset);
        from = ngx_http_corsac_at(&prev->options, u_char, option->offset);
        ngx_memcpy(to, from, option->size);

        if (n == CORSAC_OPTION_MAX_AGE) {
            conf->options.has_max_age = 1;
        }

        conf->lists[n] = prev->lists[n];
        conf->places[n] = prev->places[n];
    }

    return NGX_CONF_OK;
}


/* Gives the level its policy, which is compiled when the first of those that share it asks. */
char *
ngx_http_corsac_compile(ngx_conf_t *cf, ngx_http_corsac_conf_t *conf)
{
    u_char                    *image;
    size_t                     length;
    corsac_status              status;
    corsac_policy_error        error;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_corsac_conf_t    *source;

    source = conf->source;

    if (source->policy == NULL) {
        image = NULL;

        status = corsac_policy_compile(&source->options, NULL, 0, &length, &error);

        if (status == CORSAC_OK) {
            image = ngx_pnalloc(cf->pool, length);
            if (image == NULL) {
                return NGX_CONF_ERROR;
            }

            status = corsac_policy_compile(&source->options, image, length, &length, &error);
        }

        if (status == CORSAC_ERROR_POLICY) {
            clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
            ngx_http_corsac_blame(cf, source, &error, &clcf->name);
            return NGX_CONF_ERROR;
        }

        if (status == CORSAC_OK) {
            source->policy = ngx_http_corsac_open(cf, image, length, &status);
        }

        if (source->policy == NULL) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "libcorsac fails with status %d", (int) status);
            return NGX_CONF_ERROR;
        }
    }

    if (conf->cors
        && !source->warned
        && !source->image_place.line
        && source->options.allow_origins.count == 0
        && !source->options.allow_null_origin)
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"cors\" is on without \"cors_allow_origins\": no origin is allowed in %V:%ui",
                      &conf->cors_place.file, conf->cors_place.line);
        source->warned = 1;
    }

    conf->policy = source->policy;

    return NGX_CONF_OK;
}


static ngx_http_corsac_policy_t *
ngx_http_corsac_open(ngx_conf_t *cf, u_char *image, size_t length, corsac_status *status)
{
    size_t                     size;
    corsac_policy              opened;
    corsac_request             request = CORSAC_REQUEST_INIT;
    corsac_decision            decision;
    ngx_http_corsac_policy_t  *policy;
    static const corsac_text   get = CORSAC_TEXT("GET");

    *status = corsac_policy_open(image, length, &opened);
    if (*status != CORSAC_OK) {
        return NULL;
    }

    request.method = get;

    *status = corsac_decide(&opened, &request, &decision);
    if (*status != CORSAC_OK) {
        return NULL;
    }

    size = decision.field_count * sizeof(corsac_response_field);

    policy = ngx_palloc(cf->pool, sizeof(ngx_http_corsac_policy_t) + size);
    if (policy == NULL) {
        return NULL;
    }

    policy->policy = opened;
    policy->nfields = decision.field_count;
    policy->fields = (corsac_response_field *) (policy + 1);
    ngx_memcpy(policy->fields, decision.fields, size);

    return policy;
}


/* Writes libcorsac's sentence, where the entry or the option was written, and the location that needs it. */
static void
ngx_http_corsac_blame(ngx_conf_t *cf, ngx_http_corsac_conf_t *ccf, corsac_policy_error *error, ngx_str_t *location)
{
    char                      sentence[NGX_HTTP_CORSAC_SENTENCE];
    size_t                    length;
    ngx_str_t                 within, name;
    ngx_http_corsac_list_t   *list;
    ngx_http_corsac_place_t  *place;

    ngx_str_set(&within, "");
    ngx_str_set(&name, "");

    if (location != NULL && location->len) {
        ngx_str_set(&within, ", needed in location ");
        name = *location;
    }

    (void) corsac_describe_error(&ccf->options, error, sentence, sizeof(sentence), &length);

    place = &ccf->places[error->option];
    list = ccf->lists[error->option];

    if (list != NULL && error->entry < list->places.nelts) {
        place = (ngx_http_corsac_place_t *) list->places.elts + error->entry;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "cors_%*s%V%V in %V:%ui",
                  length, sentence, &within, &name, &place->file, place->line);
}
