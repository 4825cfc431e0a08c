
/*
 * What logs say: $cors_kind, $cors_verdict, $cors_refusal and $cors_explanation.
 */

#include "ngx_http_corsac.h"


#define NGX_HTTP_CORSAC_KIND     0
#define NGX_HTTP_CORSAC_VERDICT  1
#define NGX_HTTP_CORSAC_REFUSAL  2


static ngx_int_t ngx_http_corsac_word(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_corsac_explanation(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_corsac_variables[] = {

    { ngx_string("cors_kind"), NULL, ngx_http_corsac_word,
      NGX_HTTP_CORSAC_KIND, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_verdict"), NULL, ngx_http_corsac_word,
      NGX_HTTP_CORSAC_VERDICT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_refusal"), NULL, ngx_http_corsac_word,
      NGX_HTTP_CORSAC_REFUSAL, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_explanation"), NULL, ngx_http_corsac_explanation,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static const corsac_text  ngx_http_corsac_kinds[] = {
    [CORSAC_KIND_NOT_CORS] = CORSAC_TEXT("not-cors"),
    [CORSAC_KIND_PREFLIGHT] = CORSAC_TEXT("preflight"),
    [CORSAC_KIND_ACTUAL] = CORSAC_TEXT("actual")
};

static const corsac_text  ngx_http_corsac_allowed = CORSAC_TEXT("allowed");
static const corsac_text  ngx_http_corsac_refused = CORSAC_TEXT("refused");
static const corsac_text  ngx_http_corsac_none = CORSAC_ABSENT;


ngx_int_t
ngx_http_corsac_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_corsac_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_word(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    corsac_text             word;
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_corsac_get_ctx(r->main);
    word = ngx_http_corsac_none;

    if (ctx != NULL) {

        switch (data) {

        case NGX_HTTP_CORSAC_KIND:
            if (ctx->conf->cors) {
                word = ngx_http_corsac_kinds[ctx->kind];
            }

            break;

        case NGX_HTTP_CORSAC_VERDICT:
            if (ctx->refusal) {
                word = ngx_http_corsac_refused;

            } else if (ctx->allowed) {
                word = ngx_http_corsac_allowed;
            }

            break;

        default: /* NGX_HTTP_CORSAC_REFUSAL */
            if (ctx->refusal) {
                word = corsac_refusal_name(ctx->refusal);
            }
        }
    }

    if (word.bytes == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = (u_char *) word.bytes;
    v->len = word.length;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_explanation(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    char                    *text;
    size_t                   length;
    uint8_t                  question;
    corsac_fields            fields = CORSAC_FIELDS_INIT;
    corsac_policy           *policy;
    ngx_http_corsac_ctx_t   *ctx;
    ngx_http_corsac_conf_t  *ccf;

    r = r->main;
    ctx = ngx_http_corsac_get_ctx(r);

    if (ctx == NULL || !(ctx->conf->cors || ctx->stopped_by)) {
        v->not_found = 1;
        return NGX_OK;
    }

    ccf = ctx->stopped_by ? ctx->screened : ctx->conf;
    question = ctx->stopped_by ? ctx->stopped_by : CORSAC_QUESTION_CORS;
    policy = &ccf->policy->policy;

    if (ngx_http_corsac_collect(r, &ctx->method, &fields) != NGX_OK) {
        return NGX_ERROR;
    }

    if (corsac_explain(policy, question, &fields, NULL, 0, &length) != CORSAC_OK) {
        return NGX_ERROR;
    }

    text = ngx_pnalloc(r->pool, length);
    if (text == NULL) {
        return NGX_ERROR;
    }

    if (corsac_explain(policy, question, &fields, text, length, &length) != CORSAC_OK) {
        return NGX_ERROR;
    }

    v->data = (u_char *) text;
    v->len = length;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
