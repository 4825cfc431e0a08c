
/*
 * The decision, the answer to preflights, and the fields of responses.
 *
 * The first location with "cors on" that a request comes to decides, once. Its decision is kept through internal
 * redirects, so that an error page has the fields of the location that failed, and the answer to a preflight and the
 * response to the request after it come from one policy.
 *
 * Preflights are answered in the rewrite phases, before "return", access control and authentication. Where a whole
 * server has one policy, that is the phase before locations are looked up. Where locations differ, it is the one
 * after; a preflight that "return" or a redirect ends in between is turned into its answer by the header filter.
 */

#include "ngx_http_corsac.h"


/* What the request asks, beside CORS. */
#define NGX_HTTP_CORSAC_FIELDS_ONLY  0
#define NGX_HTTP_CORSAC_SCREEN       1


/*
 * Whether the length of a field's name is among those whose bits are set: a look at each field is all that most cost.
 * It is not the answer; names longer than 63 bytes come out as others.
 */
#define ngx_http_corsac_has_length(header, lengths)  ((lengths) >> ((header)->key.len & 63) & 1)

/* Whether the field has this name, which is as long as the field's. */
#define ngx_http_corsac_is(header, name)                                                                             \
    ((header)->hash != 0 && ngx_memcmp((header)->lowcase_key, name, sizeof(name) - 1) == 0)

#define NGX_HTTP_CORSAC_ORIGIN_LEN   (sizeof("origin") - 1)
#define NGX_HTTP_CORSAC_METHOD_LEN   (sizeof("access-control-request-method") - 1)
#define NGX_HTTP_CORSAC_HEADERS_LEN  (sizeof("access-control-request-headers") - 1)
#define NGX_HTTP_CORSAC_NETWORK_LEN  (sizeof("access-control-request-private-network") - 1)

#define NGX_HTTP_CORSAC_REQUEST_LENGTHS                                                                              \
    ((uint64_t) 1 << NGX_HTTP_CORSAC_ORIGIN_LEN | (uint64_t) 1 << NGX_HTTP_CORSAC_METHOD_LEN                         \
     | (uint64_t) 1 << NGX_HTTP_CORSAC_HEADERS_LEN | (uint64_t) 1 << NGX_HTTP_CORSAC_NETWORK_LEN)


/* The fields of CORS in a request. */
typedef struct {
    ngx_table_elt_t               *origin;
    ngx_table_elt_t               *method;
    ngx_table_elt_t               *headers;
    ngx_table_elt_t               *private_network;
} ngx_http_corsac_found_t;

typedef ngx_int_t (*ngx_http_corsac_decide_pt)(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    corsac_decision *decision);


static ngx_int_t ngx_http_corsac_server_rewrite_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_corsac_rewrite_handler(ngx_http_request_t *r);
static ngx_inline ngx_int_t ngx_http_corsac_handle(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf);
static ngx_int_t ngx_http_corsac_screen_again(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    ngx_http_corsac_ctx_t *ctx);
static ngx_int_t ngx_http_corsac_answer(ngx_http_request_t *r, ngx_uint_t status);
static void ngx_http_corsac_set_answer(ngx_http_request_t *r, ngx_uint_t status);
static ngx_http_corsac_ctx_t *ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    ngx_uint_t question);
static ngx_inline ngx_http_corsac_ctx_t *ngx_http_corsac_decide_found(ngx_http_request_t *r,
    ngx_http_corsac_conf_t *ccf, ngx_http_corsac_found_t *found);
static ngx_http_corsac_ctx_t *ngx_http_corsac_decide_all(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    ngx_http_corsac_decide_pt decide);
static ngx_inline ngx_http_corsac_ctx_t *ngx_http_corsac_keep(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    corsac_decision *decision);
static ngx_int_t ngx_http_corsac_decide_fields(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    corsac_decision *decision);
static ngx_inline ngx_http_corsac_ctx_t *ngx_http_corsac_create_ctx(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    ngx_uint_t nfields);
static void ngx_http_corsac_cleanup(void *data);
static ngx_int_t ngx_http_corsac_screen(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf,
    corsac_decision *decision);
static void ngx_http_corsac_fail(ngx_http_request_t *r, corsac_status status);
static ngx_int_t ngx_http_corsac_find_fields(ngx_http_request_t *r, ngx_http_corsac_found_t *found);
static ngx_int_t ngx_http_corsac_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_corsac_put_fields(ngx_http_request_t *r, ngx_http_corsac_ctx_t *ctx);
static ngx_uint_t ngx_http_corsac_is_vary(ngx_table_elt_t *header);
static ngx_uint_t ngx_http_corsac_is_field(ngx_table_elt_t *header);
static ngx_int_t ngx_http_corsac_push(ngx_http_request_t *r, corsac_response_field *field);
static ngx_int_t ngx_http_corsac_merge_vary(ngx_http_request_t *r, ngx_table_elt_t *first, ngx_uint_t lines,
    size_t size, corsac_text value);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;

ngx_http_corsac_ctx_t  ngx_http_corsac_deferred;

/* The response fields of CORS in lower case, by their number. */
static corsac_text  ngx_http_corsac_names[CORSAC_FIELD_VARY + 1];

/* A bit for each length that one of them has. */
static uint64_t  ngx_http_corsac_lengths;


ngx_int_t
ngx_http_corsac_add_handlers(ngx_conf_t *cf, ngx_uint_t locations_differ)
{
    uint8_t                     n;
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    /* Handlers of a phase run from the last to the first: these come before those of the rewrite module. */

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_SERVER_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_corsac_server_rewrite_handler;

    if (locations_differ) {
        h = ngx_array_push(&cmcf->phases[NGX_HTTP_REWRITE_PHASE].handlers);
        if (h == NULL) {
            return NGX_ERROR;
        }

        *h = ngx_http_corsac_rewrite_handler;
    }

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_corsac_header_filter;

    for (n = 0; n <= CORSAC_FIELD_VARY; n++) {
        ngx_http_corsac_names[n] = corsac_field_name(n, 1);
        ngx_http_corsac_lengths |= (uint64_t) 1 << ngx_http_corsac_names[n].length;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_server_rewrite_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);

    if (r != r->main) {
        return NGX_DECLINED;
    }

    if (ccf->locations_differ) {

        if (ngx_http_corsac_get_ctx(r) == NULL) {
            ngx_http_set_ctx(r, &ngx_http_corsac_deferred, ngx_http_corsac_module);
        }

        return NGX_DECLINED;
    }

    return ccf->active ? ngx_http_corsac_handle(r, ccf) : NGX_DECLINED;
}


static ngx_int_t
ngx_http_corsac_rewrite_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_conf_t  *ccf;

    ccf = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);

    if (!ccf->active || r != r->main) {
        return NGX_DECLINED;
    }

    return ngx_http_corsac_handle(r, ccf);
}


static ngx_inline ngx_int_t
ngx_http_corsac_handle(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf)
{
    ngx_int_t               rc;
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_corsac_get_ctx(r);

    if (ctx == NULL || (ccf->cors && !ctx->conf->cors && !ctx->stopped_by)) {

        ctx = ngx_http_corsac_decide(r, ccf, NGX_HTTP_CORSAC_SCREEN);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

    } else {
        rc = ngx_http_corsac_screen_again(r, ccf, ctx);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    /* An error page is for every request whose location failed. */

    if (ctx->status == 0 || r->err_status) {
        return NGX_DECLINED;
    }

    if (ctx->kind == CORSAC_KIND_PREFLIGHT && !ctx->stopped_by) {
        return ngx_http_corsac_answer(r, ctx->status);
    }

    return ctx->status;
}


/* The fields stay those of the first location, but each location that guards itself is heard. */
static ngx_int_t
ngx_http_corsac_screen_again(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, ngx_http_corsac_ctx_t *ctx)
{
    corsac_decision  decision;

    if (ctx->screened == ccf || ctx->stopped_by || !(ccf->guard || ccf->check_host)) {
        return NGX_DECLINED;
    }

    if (ngx_http_corsac_screen(r, ccf, &decision) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->screened = ccf;

    if (!decision.stopped_by) {
        return NGX_DECLINED;
    }

    ctx->stopped_by = decision.stopped_by;
    ctx->refusal = decision.refusal;
    ctx->status = decision.status;

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_answer(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_corsac_set_answer(r, status);

    return ngx_http_send_header(r);
}


static void
ngx_http_corsac_set_answer(ngx_http_request_t *r, ngx_uint_t status)
{
    r->headers_out.status = status;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;
}


/* Finds the decision again after an internal redirect, for which nginx forgets what modules keep with the request. */
ngx_http_corsac_ctx_t *
ngx_http_corsac_find_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_corsac_cleanup) {
            ngx_http_set_ctx(r, cln->data, ngx_http_corsac_module);
            return cln->data;
        }
    }

    return NULL;
}


/* Decides by the policy of ccf. With NGX_HTTP_CORSAC_FIELDS_ONLY the verdicts beside CORS are not asked. */
static ngx_http_corsac_ctx_t *
ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, ngx_uint_t question)
{
    ngx_http_corsac_ctx_t    *ctx;
    ngx_http_corsac_found_t   found;

    if (question == NGX_HTTP_CORSAC_SCREEN && (ccf->guard || ccf->check_host)) {
        return ngx_http_corsac_decide_all(r, ccf, ngx_http_corsac_screen);
    }

    ngx_memzero(&found, sizeof(ngx_http_corsac_found_t));

    if (ngx_http_corsac_find_fields(r, &found) != NGX_OK) {
        return ngx_http_corsac_decide_all(r, ccf, ngx_http_corsac_decide_fields);
    }

    if (found.origin != NULL) {
        return ngx_http_corsac_decide_found(r, ccf, &found);
    }

    ctx = ngx_http_corsac_create_ctx(r, ccf, 0);

    if (ctx != NULL) {
        ctx->fields = ccf->policy->fields;
        ctx->nfields = ccf->policy->nfields;
    }

    return ctx;
}


static ngx_inline ngx_http_corsac_ctx_t *
ngx_http_corsac_decide_found(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, ngx_http_corsac_found_t *found)
{
    corsac_status    status;
    corsac_request   request = CORSAC_REQUEST_INIT;
    corsac_decision  decision;

    request.method = ngx_http_corsac_text(&r->method_name);
    request.origin = ngx_http_corsac_text(&found->origin->value);

    if (found->method != NULL) {
        request.access_control_request_method = ngx_http_corsac_text(&found->method->value);
    }

    if (found->headers != NULL) {
        request.access_control_request_headers = ngx_http_corsac_text(&found->headers->value);
    }

    if (found->private_network != NULL) {
        request.access_control_request_private_network = ngx_http_corsac_text(&found->private_network->value);
    }

    status = corsac_decide(&ccf->policy->policy, &request, &decision);

    if (status != CORSAC_OK) {
        ngx_http_corsac_fail(r, status);
        return NULL;
    }

    return ngx_http_corsac_keep(r, ccf, &decision);
}


/* Decides by all fields of the request. */
static ngx_http_corsac_ctx_t *
ngx_http_corsac_decide_all(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, ngx_http_corsac_decide_pt decide)
{
    corsac_decision  decision;

    return (decide(r, ccf, &decision) == NGX_OK) ? ngx_http_corsac_keep(r, ccf, &decision) : NULL;
}


static ngx_inline ngx_http_corsac_ctx_t *
ngx_http_corsac_keep(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, corsac_decision *decision)
{
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_corsac_create_ctx(r, ccf, decision->field_count);
    if (ctx == NULL) {
        return NULL;
    }

    ctx->kind = decision->kind;
    ctx->allowed = decision->allowed;
    ctx->refusal = decision->refusal;
    ctx->stopped_by = decision->stopped_by;
    ctx->status = decision->status;
    ngx_memcpy(ctx->fields, decision->fields, decision->field_count * sizeof(corsac_response_field));

    return ctx;
}


/* Lets the library see all fields, as only it says what a repeated one means. */
static ngx_int_t
ngx_http_corsac_decide_fields(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, corsac_decision *decision)
{
    corsac_fields  fields = CORSAC_FIELDS_INIT;
    corsac_status  status;

    if (ngx_http_corsac_collect(r, &r->method_name, &fields) != NGX_OK) {
        return NGX_ERROR;
    }

    status = corsac_decide_fields(&ccf->policy->policy, &fields, decision);

    if (status != CORSAC_OK) {
        ngx_http_corsac_fail(r, status);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_inline ngx_http_corsac_ctx_t *
ngx_http_corsac_create_ctx(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, ngx_uint_t nfields)
{
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_palloc(r->pool, sizeof(ngx_http_corsac_ctx_t) + nfields * sizeof(corsac_response_field));
    if (ctx == NULL) {
        return NULL;
    }

    /* As ngx_pool_cleanup_add() does, with one allocation for both. */

    ctx->cleanup.handler = ngx_http_corsac_cleanup;
    ctx->cleanup.data = ctx;
    ctx->cleanup.next = r->pool->cleanup;
    r->pool->cleanup = &ctx->cleanup;

    ctx->conf = ccf;
    ctx->screened = ccf;
    ctx->method = r->method_name;
    ctx->fields = (corsac_response_field *) (ctx + 1);
    ctx->nfields = nfields;
    ctx->status = 0;
    ctx->kind = CORSAC_KIND_NOT_CORS;
    ctx->allowed = 0;
    ctx->refusal = 0;
    ctx->stopped_by = 0;

    ngx_http_set_ctx(r, ctx, ngx_http_corsac_module);

    return ctx;
}


static void
ngx_http_corsac_cleanup(void *data)
{
}


/* Asks the verdicts that are on, and CORS. */
static ngx_int_t
ngx_http_corsac_screen(ngx_http_request_t *r, ngx_http_corsac_conf_t *ccf, corsac_decision *decision)
{
    corsac_fields   fields = CORSAC_FIELDS_INIT;
    corsac_policy  *policy;
    corsac_status   status;
    corsac_verdict  host;

    if (ngx_http_corsac_collect(r, &r->method_name, &fields) != NGX_OK) {
        return NGX_ERROR;
    }

    policy = &ccf->policy->policy;

    if (ccf->guard) {
        fields.host_is_checked = !ccf->check_host;
        status = corsac_screen(policy, &fields, decision);

    } else {
        status = corsac_decide_fields(policy, &fields, decision);

        if (status == CORSAC_OK) {
            status = corsac_check_host(policy, &fields, &host);

            if (!host.passes) {
                decision->stopped_by = CORSAC_QUESTION_HOST;
                decision->refusal = host.refusal;
                decision->status = host.status;
            }
        }
    }

    if (status != CORSAC_OK) {
        ngx_http_corsac_fail(r, status);
        return NGX_ERROR;
    }

    if (!ccf->cors) {
        decision->field_count = 0;
        decision->kind = CORSAC_KIND_NOT_CORS;
        decision->allowed = 0;

        if (!decision->stopped_by) {
            decision->refusal = 0;
            decision->status = 0;
        }
    }

    return NGX_OK;
}


static void
ngx_http_corsac_fail(ngx_http_request_t *r, corsac_status status)
{
    corsac_text  text;

    text = corsac_status_text(status);

    ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0, "libcorsac fails: %*s", text.length, text.bytes);
}


/* Finds the fields of CORS. NGX_DECLINED: one came again. */
static ngx_int_t
ngx_http_corsac_find_fields(ngx_http_request_t *r, ngx_http_corsac_found_t *found)
{
    ngx_list_part_t   *part;
    ngx_table_elt_t   *header, *last, **field;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;
        last = header + part->nelts;

        for ( /* void */ ; header < last; header++) {

            if (!ngx_http_corsac_has_length(header, NGX_HTTP_CORSAC_REQUEST_LENGTHS)) {
                continue;
            }

            switch (header->key.len) {

            case NGX_HTTP_CORSAC_ORIGIN_LEN:
                if (!ngx_http_corsac_is(header, "origin")) {
                    continue;
                }

                field = &found->origin;
                break;

            case NGX_HTTP_CORSAC_METHOD_LEN:
                if (!ngx_http_corsac_is(header, "access-control-request-method")) {
                    continue;
                }

                field = &found->method;
                break;

            case NGX_HTTP_CORSAC_HEADERS_LEN:
                if (!ngx_http_corsac_is(header, "access-control-request-headers")) {
                    continue;
                }

                field = &found->headers;
                break;

            case NGX_HTTP_CORSAC_NETWORK_LEN:
                if (!ngx_http_corsac_is(header, "access-control-request-private-network")) {
                    continue;
                }

                field = &found->private_network;
                break;

            default:
                continue;
            }

            if (*field != NULL) {
                return NGX_DECLINED;
            }

            *field = header;
        }
    }

    return NGX_OK;
}


/* Lists the whole request for the library. */
ngx_int_t
ngx_http_corsac_collect(ngx_http_request_t *r, ngx_str_t *method, corsac_fields *fields)
{
    u_char           *p, *end;
    ngx_str_t         authority;
    ngx_uint_t        i, n;
    corsac_field     *field;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    static const corsac_text  authority_name = CORSAC_TEXT(":authority");

    n = 1;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        n += part->nelts;
    }

    field = ngx_palloc(r->pool, n * sizeof(corsac_field));
    if (field == NULL) {
        return NGX_ERROR;
    }

    fields->fields = field;

    /* The host of "GET http://host/ HTTP/1.1", which a server has to believe before Host. */

    if (r->host_start != NULL) {
        end = r->request_line.data + r->request_line.len;

        for (p = r->host_start; p < end && *p != '/' && *p != '?' && *p != ' '; p++) { /* void */ }

        authority.data = r->host_start;
        authority.len = p - r->host_start;

        field->name = authority_name;
        field->value = ngx_http_corsac_text(&authority);
        field++;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (header[i].hash == 0) {
                continue;
            }

            field->name = ngx_http_corsac_text(&header[i].key);
            field->value = ngx_http_corsac_text(&header[i].value);
            field++;
        }
    }

    fields->field_count = field - fields->fields;
    fields->method = ngx_http_corsac_text(method);

#if (NGX_SSL || NGX_COMPAT)
    /* Without, browsers may still use https, to a proxy in front. */

    if (r->connection->ssl) {
        fields->scheme = CORSAC_SCHEME_HTTPS;
    }
#endif

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t               deferred;
    ngx_http_corsac_ctx_t   *ctx;
    ngx_http_corsac_conf_t  *ccf;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_corsac_get_ctx(r);

    if (ctx == NULL) {

        ccf = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);

        if (!ccf->cors) {
            return ngx_http_next_header_filter(r);
        }

        /* No location came to decide: the request was malformed, or ended before. */

        deferred = ngx_http_get_module_ctx(r, ngx_http_corsac_module) == &ngx_http_corsac_deferred;

        ctx = ngx_http_corsac_decide(r, ccf, NGX_HTTP_CORSAC_FIELDS_ONLY);
        if (ctx == NULL) {
            return NGX_ERROR;
        }

        if (deferred && ctx->status) {
            ngx_http_clean_header(r);
            ngx_http_corsac_set_answer(r, ctx->status);
            r->err_status = 0;
        }
    }

    if (ctx->nfields && ngx_http_corsac_put_fields(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/* Drops the fields of CORS that the application has set, or yields to them; adds the decision's; and merges Vary. */
static ngx_int_t
ngx_http_corsac_put_fields(ngx_http_request_t *r, ngx_http_corsac_ctx_t *ctx)
{
    size_t                  size;
    ngx_uint_t              lines, yield;
    ngx_list_part_t        *part;
    ngx_table_elt_t        *header, *end, *vary;
    corsac_response_field  *field, *last;

    vary = NULL;
    lines = 0;
    size = 0;
    yield = 0;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        header = part->elts;
        end = header + part->nelts;

        for ( /* void */ ; header < end; header++) {

            if (!ngx_http_corsac_has_length(header, ngx_http_corsac_lengths) || header->hash == 0) {
                continue;
            }

            if (header->key.len == sizeof("Vary") - 1) {
                if (!ngx_http_corsac_is_vary(header)) {
                    continue;
                }

                if (vary == NULL) {
                    vary = header;
                }

                size += header->value.len + sizeof(", ") - 1;
                lines++;

            } else if (ngx_http_corsac_is_field(header)) {
                if (ctx->conf->upstream == NGX_HTTP_CORSAC_KEEP) {
                    yield = 1;

                } else {
                    header->hash = 0;
                }
            }
        }
    }

    last = ctx->fields + ctx->nfields;

    for (field = ctx->fields; field < last; field++) {

        if (field->apply == CORSAC_APPLY_MERGE && vary != NULL) {
            if (ngx_http_corsac_merge_vary(r, vary, lines, size, field->value) != NGX_OK) {
                return NGX_ERROR;
            }

        } else if (field->apply == CORSAC_APPLY_MERGE || !yield) {
            if (ngx_http_corsac_push(r, field) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_corsac_is_vary(ngx_table_elt_t *header)
{
    return header->key.len == sizeof("Vary") - 1
           && (header->key.data[0] | 0x20) == 'v'  /* not ETag */
           && ngx_strncasecmp(header->key.data, (u_char *) "Vary", sizeof("Vary") - 1) == 0;
}


/* Whether it is a response field of CORS. */
static ngx_uint_t
ngx_http_corsac_is_field(ngx_table_elt_t *header)
{
    ngx_uint_t  n;

    for (n = 0; n < CORSAC_FIELD_VARY; n++) {
        if (header->key.len == ngx_http_corsac_names[n].length
            && ngx_strncasecmp(header->key.data, (u_char *) ngx_http_corsac_names[n].bytes, header->key.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* The texts are in the policy, in the request, or constants: none has to be copied. */
static ngx_int_t
ngx_http_corsac_push(ngx_http_request_t *r, corsac_response_field *field)
{
    ngx_table_elt_t  *header;

    header = ngx_list_push(&r->headers_out.headers);
    if (header == NULL) {
        return NGX_ERROR;
    }

    header->hash = 1;
#if (nginx_version >= 1023000)
    header->next = NULL;
#endif
    header->key.data = (u_char *) field->name.bytes;
    header->key.len = field->name.length;
    header->value.data = (u_char *) field->value.bytes;
    header->value.len = field->value.length;

    return NGX_OK;
}


/* Makes one field of the lines that the application has set, and of what the decision adds. */
static ngx_int_t
ngx_http_corsac_merge_vary(ngx_http_request_t *r, ngx_table_elt_t *first, ngx_uint_t lines, size_t size,
    corsac_text value)
{
    u_char           *p;
    size_t            length;
    ngx_str_t         joined;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    joined = first->value;

    if (lines > 1) {
        joined.data = ngx_pnalloc(r->pool, size);
        if (joined.data == NULL) {
            return NGX_ERROR;
        }

        p = joined.data;

        for (part = &r->headers_out.headers.part; part; part = part->next) {
            header = part->elts;

            for (i = 0; i < part->nelts; i++) {

                if (header[i].hash == 0 || !ngx_http_corsac_is_vary(&header[i])) {
                    continue;
                }

                if (p != joined.data) {
                    *p++ = ',';
                    *p++ = ' ';
                }

                p = ngx_cpymem(p, header[i].value.data, header[i].value.len);

                if (&header[i] != first) {
                    header[i].hash = 0;
                }
            }
        }

        joined.len = p - joined.data;
    }

    size = joined.len + sizeof(", ") - 1 + value.length;

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (corsac_merge_vary(ngx_http_corsac_text(&joined), value, (char *) p, size, &length) != CORSAC_OK) {
        return NGX_ERROR;
    }

    first->value.data = p;
    first->value.len = length;

    return NGX_OK;
}
